-- Returns the versions of objects that a push has not sent, as one message has them, with their tenants: those of transactions that
-- p_snapshot (NULL: none) does not see, written after a moment. Versions of one moment are in one message, so that the digest over
-- them can be compared when it arrives. is_whole: the executions have no versions elsewhere, as those have that came by replication or
-- from a source of this database. p_floor: nothing that is not sent is older; so the index on load_date finds them, however many
-- there are. A version keeps the number of its transaction, and of no subtransaction, so snapshots can be compared.
-- p_rewritten_since: instead those that this transaction or a later one wrote, as an erasure does.
CREATE OR REPLACE FUNCTION script_tracking.unsent_objects(
    p_snapshot pg_catalog.text,
    p_floor pg_catalog.timestamptz,
    p_after pg_catalog.timestamptz,
    p_rewritten_since pg_catalog.int8 DEFAULT NULL,
    OUT o_rows pg_catalog.text,
    OUT o_last pg_catalog.timestamptz,
    OUT o_versions pg_catalog.int8,
    OUT o_months pg_catalog.text[]
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET "TimeZone" = 'UTC'
SET plan_cache_mode = force_custom_plan
SET jit = off
SET enable_seqscan = off
AS $function$
DECLARE
    c_most CONSTANT pg_catalog.int4 := 500;
    c_most_bytes CONSTANT pg_catalog.int8 := 8 * 1024 * 1024;
    v_snapshot CONSTANT pg_catalog.pg_snapshot := coalesce(p_snapshot, '1:1:')::pg_catalog.pg_snapshot;
BEGIN
    WITH found AS MATERIALIZED (
        SELECT s.* FROM script_tracking.object_s AS s
        WHERE s.load_date >= coalesce(p_floor, '-infinity') AND s.load_date > coalesce(p_after, '-infinity')
            -- Not what sources sent to this database.
            AND strpos(s.object_bk, '/') = 0
            AND CASE WHEN p_rewritten_since IS NOT NULL
                    THEN pg_snapshot_xmax(pg_current_snapshot())::pg_catalog.text::pg_catalog.int8 - p_rewritten_since > 1000000000
                        OR age(s.xmin) <= age((p_rewritten_since & 4294967295)::pg_catalog.text::pg_catalog.xid)
                ELSE p_snapshot IS NULL OR NOT pg_visible_in_snapshot(s.recorded_by, v_snapshot) END
        ORDER BY s.load_date
        FETCH FIRST c_most ROWS WITH TIES
    ), measured AS (
        SELECT f.*, sum(octet_length(f.definition::pg_catalog.text)) OVER (ORDER BY f.load_date)
            - sum(octet_length(f.definition::pg_catalog.text)) OVER (PARTITION BY f.load_date) AS bytes_before
        FROM found AS f
    ), chosen AS MATERIALIZED (
        SELECT m.* FROM measured AS m WHERE m.bytes_before < c_most_bytes
    )
    SELECT json_build_object(
            'versions', json_agg(json_build_object('object_hk', c.object_hk, 'load_date', c.load_date, 'hash_diff', c.hash_diff,
                'version_number', c.version_number, 'script_execution_hk', c.script_execution_hk, 'tenant_hk', c.tenant_hk,
                'object_type', c.object_type, 'object_identity', c.object_identity, 'cause', c.cause, 'grantees', c.grantees,
                'definition', c.definition, 'object_bk', c.object_bk, 'record_source', c.record_source) ORDER BY c.load_date),
            'tenants', (
                SELECT json_agg(json_build_object('hk', u.tenant_hk, 'bk', h.tenant_bk, 'name', t.tenant_name))
                FROM (SELECT DISTINCT d.tenant_hk FROM chosen AS d) AS u
                LEFT JOIN script_tracking.tenant_h AS h ON h.tenant_hk = u.tenant_hk
                LEFT JOIN script_tracking.tenant_s AS t ON t.tenant_hk = u.tenant_hk AND t.load_end_date IS NULL),
            'is_whole', NOT EXISTS (SELECT FROM pg_catalog.pg_subscription AS p
                JOIN pg_catalog.pg_database AS d ON d.oid = p.subdbid WHERE d.datname = current_database())
                AND NOT EXISTS (SELECT FROM script_tracking.vault_source))::pg_catalog.text,
        max(c.load_date), count(*), array_agg(DISTINCT to_char(c.load_date, 'YYYY_MM'))
    INTO o_rows, o_last, o_versions, o_months
    FROM chosen AS c;
END
$function$;

COMMENT ON FUNCTION script_tracking.unsent_objects(
    pg_catalog.text, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.int8) IS
    'The versions of objects that dbtrack push has not sent; for administrators';
