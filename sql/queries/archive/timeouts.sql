-- An archive takes any length of time, and while a file is verified, its transaction is idle.
SELECT set_config(s.name, '0', true)
FROM pg_catalog.pg_settings AS s
WHERE s.name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')
