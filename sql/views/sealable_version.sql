-- The sealed parts of a version, as JSON arrays that docs/proof.md describes: its head, and the values that an erasure
-- can remove, each separately. Sealing, erasing and verifying all read this view, so that they agree.
CREATE OR REPLACE VIEW script_tracking.sealable_version
WITH (security_invoker = true) AS
SELECT
    s.script_execution_hk,
    s.load_date,
    jsonb_build_array(encode(s.script_execution_hk, 'hex'),
        (extract(epoch FROM s.load_date) * 1000000)::pg_catalog.int8, s.version_number, encode(s.tenant_hk, 'hex'),
        s.script_name, s.script_type, s.execution_status,
        (extract(epoch FROM s.execution_timestamp) * 1000000)::pg_catalog.int8, s.execution_duration_ms,
        s.record_source) AS head,
    jsonb_build_array(s.db_session_user, s.client_ip::pg_catalog.text, s.metadata -> 'role',
        s.metadata -> 'application_name', s.metadata -> 'client_host', s.metadata -> 'host', s.metadata -> 'os_user',
        s.metadata -> 'user', s.metadata -> 'email') AS person,
    jsonb_build_array(encode(s.hash_diff, 'hex')) AS hash_diff,
    jsonb_build_array(s.affected_objects) AS affected_objects,
    jsonb_build_array(s.sql_command) AS sql_command,
    jsonb_build_array(s.error_message) AS error_message,
    jsonb_build_array(s.metadata - '{role,application_name,client_host,host,os_user,user,email}'::pg_catalog.text[])
        AS metadata
FROM script_tracking.script_execution_s AS s;

COMMENT ON VIEW script_tracking.sealable_version IS 'The sealed parts of each version: its head, and values that can be erased';
