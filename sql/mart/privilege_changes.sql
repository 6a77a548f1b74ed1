-- Who gained or lost which privilege on what, one row each. Only what capture and the log recorded: command_tag is a key
-- that no caller can set, so no caller can make up such a row.
CREATE OR REPLACE VIEW dbtrack_mart.privilege_changes
WITH (security_invoker = true, security_barrier = true) AS
SELECT
    encode(s.script_execution_hk, 'hex') AS execution_key,
    row_number() OVER (PARTITION BY s.script_execution_hk, s.version_number
        ORDER BY p.ordinal, x.effect, e.ordinal)::pg_catalog.int4 AS ordinal,
    x.effect,
    e.privilege,
    p.value ->> 'grantee' AS grantee,
    p.value ->> 'object_type' AS object_type,
    p.value ->> 'object' AS object_identity,
    p.value ->> 'column' AS column_name,
    coalesce(t.tenant_bk, '(platform)')::pg_catalog.text AS tenant,
    s.execution_status::pg_catalog.text AS execution_status,
    s.execution_timestamp AS changed_at,
    s.metadata ->> 'command_tag' AS command_tag,
    s.db_session_user::pg_catalog.text AS login,
    s.load_date,
    s.record_source::pg_catalog.text AS record_source,
    s.version_number
FROM script_tracking.script_execution_s AS s
CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(s.metadata -> 'privileges') = 'array'
    THEN s.metadata -> 'privileges' ELSE '[]' END) WITH ORDINALITY AS p (value, ordinal)
CROSS JOIN (VALUES ('GAINED', 'gained'), ('LOST', 'lost'), ('GRANT OPTION GAINED', 'grant_option_gained'),
    ('GRANT OPTION LOST', 'grant_option_lost'), ('HELD', 'present'), ('NAMED', 'named')) AS x (effect, key_name)
CROSS JOIN LATERAL jsonb_array_elements_text(CASE WHEN jsonb_typeof(p.value -> x.key_name) = 'array'
    THEN p.value -> x.key_name ELSE '[]' END) WITH ORDINALITY AS e (privilege, ordinal)
LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = s.tenant_hk
WHERE s.load_end_date IS NULL AND s.metadata ? 'command_tag' AND s.metadata ? 'privileges';

COMMENT ON VIEW dbtrack_mart.privilege_changes IS 'Who gained or lost which privilege on what, one row each';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.execution_key IS 'Key of the execution: 64 hexadecimal digits';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.ordinal IS 'Place of the change in its execution, from 1';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.effect IS
    'GAINED, LOST, GRANT OPTION GAINED, GRANT OPTION LOST; HELD: held then, not known since when; NAMED: by the statement';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.privilege IS 'SELECT, INSERT, UPDATE and others';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.grantee IS 'Who gained or lost it; PUBLIC: everybody';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.object_type IS 'What sort of object it is';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.object_identity IS 'The object as PostgreSQL gives it';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.column_name IS 'The column, if the privilege is on a column';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.tenant IS 'Short name of the tenant; (platform) where there is none';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.execution_status IS 'RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.changed_at IS 'When the execution started';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.command_tag IS 'The server''s command tag of a captured DDL: CREATE TABLE';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.login IS 'The login (session_user)';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.load_date IS
    'When the version was written; an incremental load bounds it by script_tracking.complete_before()';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.record_source IS 'The writer and the node: event_trigger@local:5432';
COMMENT ON COLUMN dbtrack_mart.privilege_changes.version_number IS 'The version of the execution that it is from';
