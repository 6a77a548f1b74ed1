-- The history of objects: what each version changed, one row a version. The definition has the parts that changed.
CREATE OR REPLACE VIEW dbtrack_mart.object_versions
WITH (security_invoker = true, security_barrier = true) AS
SELECT
    encode(s.object_hk, 'hex') AS object_key,
    s.object_type,
    s.object_identity,
    s.cause::pg_catalog.text AS cause,
    encode(s.script_execution_hk, 'hex') AS execution_key,
    coalesce(t.tenant_bk, '(platform)')::pg_catalog.text AS tenant,
    s.load_date AS valid_from,
    s.definition ? 'object' AND jsonb_typeof(s.definition -> 'object') <> 'object' AS is_dropped,
    s.definition::pg_catalog.text AS definition,
    encode(s.hash_diff, 'hex') AS hash_diff,
    s.version_number,
    s.load_date,
    s.record_source::pg_catalog.text AS record_source
FROM script_tracking.object_s AS s
LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = s.tenant_hk;

COMMENT ON VIEW dbtrack_mart.object_versions IS 'The history of objects: what each version changed, one row a version';
COMMENT ON COLUMN dbtrack_mart.object_versions.object_key IS 'Key of the object, which it keeps when it is renamed: 64 hexadecimal digits';
COMMENT ON COLUMN dbtrack_mart.object_versions.object_type IS 'The type, as PostgreSQL calls it: table, view, function';
COMMENT ON COLUMN dbtrack_mart.object_versions.object_identity IS 'Its identity after the change, as PostgreSQL gives it';
COMMENT ON COLUMN dbtrack_mart.object_versions.cause IS
    'captured: the execution changed it; follows: it mentions what was renamed; baseline: older than the record; maintain, reconcile: '
    'found later';
COMMENT ON COLUMN dbtrack_mart.object_versions.execution_key IS 'Key of the execution that changed it, or that found the change';
COMMENT ON COLUMN dbtrack_mart.object_versions.tenant IS 'Short name of the tenant; (platform) where there is none';
COMMENT ON COLUMN dbtrack_mart.object_versions.valid_from IS 'When the version was written; it holds until the next one of the object';
COMMENT ON COLUMN dbtrack_mart.object_versions.is_dropped IS 'Whether the object was dropped';
COMMENT ON COLUMN dbtrack_mart.object_versions.definition IS
    'The parts that changed, as the text of a JSON object; script_tracking.object_parts(definition::jsonb) explains it';
COMMENT ON COLUMN dbtrack_mart.object_versions.hash_diff IS 'SHA-256 over the attributes of the version, in hexadecimal';
COMMENT ON COLUMN dbtrack_mart.object_versions.version_number IS 'Increases with each version written; from the sequence of the executions';
COMMENT ON COLUMN dbtrack_mart.object_versions.load_date IS
    'When the version was written; an incremental load bounds it by script_tracking.complete_before()';
COMMENT ON COLUMN dbtrack_mart.object_versions.record_source IS 'The writer and the node: event_trigger@local:5432';
