-- The server reads a CHECK anew in every statement that inserts: 15 to 20 microseconds of each DDL and of each tracked
-- operation (docs/decisions/0006-capture-cost.md). Only dbtrack's own functions write here; those that are given a status
-- refuse what is none.
ALTER TABLE script_tracking.script_execution_s DROP CONSTRAINT script_execution_s_status;
