-- Counts the DDL commands that were recorded in part, so that dbtrack health need not read the record.
CREATE SEQUENCE script_tracking.capture_partial_seq AS bigint;
COMMENT ON SEQUENCE script_tracking.capture_partial_seq IS
    'Counts the DDL commands that were recorded in part (metadata.not_described). A sequence costs the transaction nothing';
