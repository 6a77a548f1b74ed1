-- The privileges that recorded executions gave and that, as far as the record shows, are still held: not revoked since,
-- and the object not dropped. Privileges from before the record are not in it.
CREATE OR REPLACE VIEW dbtrack_mart.access_review
WITH (security_invoker = true, security_barrier = true) AS
WITH change AS (
    SELECT s.script_execution_hk, s.version_number, s.execution_timestamp, s.load_date, s.db_session_user, s.metadata,
        s.tenant_hk, x.effect, e.privilege, p.value ->> 'grantee' AS grantee, p.value ->> 'object_type' AS object_type,
        p.value ->> 'object' AS object_identity, p.value ->> 'column' AS column_name
    FROM script_tracking.script_execution_s AS s
    CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(s.metadata -> 'privileges') = 'array'
        THEN s.metadata -> 'privileges' ELSE '[]' END) AS p (value)
    CROSS JOIN (VALUES ('GAINED', 'gained'), ('LOST', 'lost'), ('OPTION GAINED', 'grant_option_gained'),
        ('OPTION LOST', 'grant_option_lost'), ('HELD', 'present')) AS x (effect, key_name)
    CROSS JOIN LATERAL jsonb_array_elements_text(CASE WHEN jsonb_typeof(p.value -> x.key_name) = 'array'
        THEN p.value -> x.key_name ELSE '[]' END) AS e (privilege)
    WHERE s.load_end_date IS NULL AND s.execution_status = 'COMPLETED'
        AND s.metadata ? 'command_tag' AND s.metadata ? 'privileges'
), latest AS (
    SELECT DISTINCT ON (c.object_type, c.object_identity, c.column_name, c.grantee, c.privilege) c.*,
        coalesce(max(c.version_number) FILTER (WHERE c.effect = 'OPTION GAINED') OVER same
            > coalesce(max(c.version_number) FILTER (WHERE c.effect = 'OPTION LOST') OVER same, 0), false) AS is_grantable
    FROM change AS c
    WINDOW same AS (PARTITION BY c.object_type, c.object_identity, c.column_name, c.grantee, c.privilege)
    -- An option that came without a GAINED was given to somebody who held the privilege before.
    ORDER BY c.object_type, c.object_identity, c.column_name, c.grantee, c.privilege,
        c.effect NOT IN ('GAINED', 'LOST', 'HELD'), c.version_number DESC
), dropped AS (
    SELECT o.object_identity, max(s.version_number) AS version_number
    FROM script_tracking.script_execution_s AS s
    CROSS JOIN LATERAL unnest(s.affected_objects) AS o (object_identity)
    WHERE s.load_end_date IS NULL AND s.execution_status = 'COMPLETED'
        AND starts_with(s.metadata ->> 'command_tag', 'DROP ')
    GROUP BY o.object_identity
)
SELECT
    l.grantee,
    l.privilege,
    l.object_type,
    l.object_identity,
    l.column_name,
    l.is_grantable,
    coalesce(t.tenant_bk, '(platform)')::pg_catalog.text AS tenant,
    l.execution_timestamp AS granted_at,
    l.db_session_user::pg_catalog.text AS granted_by,
    encode(l.script_execution_hk, 'hex') AS execution_key,
    l.metadata ->> 'ticket' AS ticket,
    l.metadata ->> 'reason' AS reason,
    l.metadata ->> 'approved_by' AS approved_by,
    l.load_date
FROM latest AS l
LEFT JOIN dropped AS d ON d.object_identity = l.object_identity
LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = l.tenant_hk
WHERE l.effect IN ('GAINED', 'HELD', 'OPTION GAINED') AND coalesce(l.version_number > d.version_number, true);

COMMENT ON VIEW dbtrack_mart.access_review IS
    'The privileges that recorded executions gave and that are still held, as far as the record shows';
COMMENT ON COLUMN dbtrack_mart.access_review.grantee IS 'Who has the privilege; PUBLIC: everybody';
COMMENT ON COLUMN dbtrack_mart.access_review.privilege IS 'SELECT, INSERT, UPDATE and others';
COMMENT ON COLUMN dbtrack_mart.access_review.object_type IS 'What sort of object it is';
COMMENT ON COLUMN dbtrack_mart.access_review.object_identity IS 'The object as PostgreSQL gave it at the time';
COMMENT ON COLUMN dbtrack_mart.access_review.column_name IS 'The column, if the privilege is on a column';
COMMENT ON COLUMN dbtrack_mart.access_review.is_grantable IS 'Whether the record has a grant option for it';
COMMENT ON COLUMN dbtrack_mart.access_review.tenant IS 'Short name of the tenant; (platform) where there is none';
COMMENT ON COLUMN dbtrack_mart.access_review.granted_at IS 'When the execution that gave it started';
COMMENT ON COLUMN dbtrack_mart.access_review.granted_by IS 'The login of that execution';
COMMENT ON COLUMN dbtrack_mart.access_review.execution_key IS 'Key of that execution: 64 hexadecimal digits';
COMMENT ON COLUMN dbtrack_mart.access_review.ticket IS 'The ticket that was given';
COMMENT ON COLUMN dbtrack_mart.access_review.reason IS 'The reason that was given';
COMMENT ON COLUMN dbtrack_mart.access_review.approved_by IS 'Who approved it, as was given';
COMMENT ON COLUMN dbtrack_mart.access_review.load_date IS 'When that execution was recorded';
