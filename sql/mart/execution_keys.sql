-- The hub of executions: their keys and business keys, for those who load a Data Vault.
CREATE OR REPLACE VIEW dbtrack_mart.execution_keys
WITH (security_invoker = true, security_barrier = true) AS
SELECT
    encode(h.script_execution_hk, 'hex') AS execution_key,
    h.script_execution_bk::pg_catalog.text AS execution_bk,
    coalesce(t.tenant_bk, '(platform)')::pg_catalog.text AS tenant,
    h.load_date,
    h.record_source::pg_catalog.text AS record_source
FROM script_tracking.script_execution_h AS h
LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = h.tenant_hk;

COMMENT ON VIEW dbtrack_mart.execution_keys IS 'The key and the business key of every execution, for loads of a Data Vault';
COMMENT ON COLUMN dbtrack_mart.execution_keys.execution_key IS 'Key of the execution: 64 hexadecimal digits';
COMMENT ON COLUMN dbtrack_mart.execution_keys.execution_bk IS
    'Business key of the execution: script name, UTC time and random suffix';
COMMENT ON COLUMN dbtrack_mart.execution_keys.tenant IS 'Short name of the tenant; (platform) where there is none';
COMMENT ON COLUMN dbtrack_mart.execution_keys.load_date IS
    'When its first version was written; an incremental load bounds it by script_tracking.complete_before()';
COMMENT ON COLUMN dbtrack_mart.execution_keys.record_source IS 'The writer and the node: event_trigger@local:5432';
