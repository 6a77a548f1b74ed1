-- Of an incremental export: the planner takes a third of the table for new, and would read all of it. Without a limit:
-- an export takes as long as its reader does.
SELECT set_config(s.name, CASE WHEN s.setting IN ('on', 'off') THEN 'off' ELSE '0' END, true)
FROM pg_settings AS s
WHERE s.name IN ('jit', 'statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')
    OR (%(is_incremental)s::boolean AND s.name = 'enable_seqscan')
