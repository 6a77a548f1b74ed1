-- The objects of every execution, one row each, in the order in which it recorded them.
CREATE OR REPLACE VIEW dbtrack_mart.execution_objects
WITH (security_invoker = true, security_barrier = true) AS
SELECT
    encode(s.script_execution_hk, 'hex') AS execution_key,
    o.ordinal::pg_catalog.int4 AS ordinal,
    CASE WHEN jsonb_typeof(s.metadata -> 'object_types') = 'array'
        THEN s.metadata -> 'object_types' ->> (o.ordinal - 1)::pg_catalog.int4 END AS object_type,
    o.object_identity,
    coalesce(t.tenant_bk, '(platform)')::pg_catalog.text AS tenant,
    s.script_type::pg_catalog.text AS script_type,
    s.execution_status::pg_catalog.text AS execution_status,
    s.execution_timestamp AS changed_at,
    s.metadata ->> 'command_tag' AS command_tag,
    s.db_session_user::pg_catalog.text AS login,
    s.load_date,
    s.record_source::pg_catalog.text AS record_source,
    s.version_number
FROM script_tracking.script_execution_s AS s
CROSS JOIN LATERAL unnest(s.affected_objects) WITH ORDINALITY AS o (object_identity, ordinal)
LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = s.tenant_hk
WHERE s.load_end_date IS NULL;

COMMENT ON VIEW dbtrack_mart.execution_objects IS 'The objects that every execution changed, one row each';
COMMENT ON COLUMN dbtrack_mart.execution_objects.execution_key IS 'Key of the execution: 64 hexadecimal digits';
COMMENT ON COLUMN dbtrack_mart.execution_objects.ordinal IS 'Place of the object in its execution, from 1';
COMMENT ON COLUMN dbtrack_mart.execution_objects.object_type IS 'What sort of object it is; NULL: not known';
COMMENT ON COLUMN dbtrack_mart.execution_objects.object_identity IS
    'Identity of the object as PostgreSQL gives it: public.orders';
COMMENT ON COLUMN dbtrack_mart.execution_objects.tenant IS 'Short name of the tenant; (platform) where there is none';
COMMENT ON COLUMN dbtrack_mart.execution_objects.script_type IS
    'MANUAL, DDL_AUTO, MAINTENANCE, MIGRATION, BACKUP, REPORTING, AUTHENTICATION or the caller''s own';
COMMENT ON COLUMN dbtrack_mart.execution_objects.execution_status IS 'RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED';
COMMENT ON COLUMN dbtrack_mart.execution_objects.changed_at IS 'When the execution started';
COMMENT ON COLUMN dbtrack_mart.execution_objects.command_tag IS 'The server''s command tag of a captured DDL: CREATE TABLE';
COMMENT ON COLUMN dbtrack_mart.execution_objects.login IS 'The login (session_user)';
COMMENT ON COLUMN dbtrack_mart.execution_objects.load_date IS
    'When the version was written; an incremental load bounds it by script_tracking.complete_before()';
COMMENT ON COLUMN dbtrack_mart.execution_objects.record_source IS 'The writer and the node: event_trigger@local:5432';
COMMENT ON COLUMN dbtrack_mart.execution_objects.version_number IS 'The version of the execution that it is from';
