-- Every object that the history knows, one row each: what it is called now, since when it is known, and its last change.
CREATE OR REPLACE VIEW dbtrack_mart.objects
WITH (security_invoker = true, security_barrier = true) AS
SELECT
    v.object_key,
    v.object_type,
    v.object_identity,
    v.tenant,
    v.first_known_at,
    v.load_date AS last_changed_at,
    v.execution_key AS last_execution_key,
    v.version_count,
    v.is_dropped
FROM (
    SELECT o.*, count(*) OVER same AS version_count, min(o.load_date) OVER same AS first_known_at,
        row_number() OVER (PARTITION BY o.object_key ORDER BY o.load_date DESC, o.version_number DESC) AS place
    FROM dbtrack_mart.object_versions AS o
    WINDOW same AS (PARTITION BY o.object_key)
) AS v
WHERE v.place = 1;

COMMENT ON VIEW dbtrack_mart.objects IS 'Every object that the history knows, one row each';
COMMENT ON COLUMN dbtrack_mart.objects.object_key IS 'Key of the object, which it keeps when it is renamed: 64 hexadecimal digits';
COMMENT ON COLUMN dbtrack_mart.objects.object_type IS 'The type, as PostgreSQL calls it: table, view, function';
COMMENT ON COLUMN dbtrack_mart.objects.object_identity IS 'Its identity after its last change, as PostgreSQL gives it';
COMMENT ON COLUMN dbtrack_mart.objects.tenant IS 'Short name of the tenant of its last change; (platform) where there is none';
COMMENT ON COLUMN dbtrack_mart.objects.first_known_at IS 'When its first version was written; it may be older than the record';
COMMENT ON COLUMN dbtrack_mart.objects.last_changed_at IS 'When its last version was written';
COMMENT ON COLUMN dbtrack_mart.objects.last_execution_key IS 'Key of the execution of that version';
COMMENT ON COLUMN dbtrack_mart.objects.version_count IS 'How many versions the caller sees';
COMMENT ON COLUMN dbtrack_mart.objects.is_dropped IS 'Whether it was dropped';
