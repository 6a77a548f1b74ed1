-- Counts the causes of executions that did not succeed into the rollups: of the same versions as add_to_rollups. For
-- each tenant and bucket it keeps 100 causes, those of more than one step first, then the most frequent: a message that
-- differs each time must not make the rollups as long as the rows. All other causes are counted as one: others.
CREATE OR REPLACE FUNCTION script_tracking.add_to_rollup_errors(
    p_old_state script_tracking.rollup_state,
    p_new_state script_tracking.rollup_state,
    p_start pg_catalog.timestamptz,
    p_end pg_catalog.timestamptz,
    p_gaps pg_catalog.tstzmultirange,
    p_load_floor pg_catalog.timestamptz
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    c_origin CONSTANT pg_catalog.timestamptz := '0001-01-01 00:00:00+00';
    c_most_causes CONSTANT pg_catalog.int8 := 100;
    v_is_all CONSTANT pg_catalog.bool := p_old_state.is_only IS NULL;
    v_old_before CONSTANT pg_catalog.xid8 := p_old_state.counted_before;
    v_old_without CONSTANT pg_catalog.xid8[] := p_old_state.counted_without;
    v_new_before CONSTANT pg_catalog.xid8 := p_new_state.counted_before;
    v_new_without CONSTANT pg_catalog.xid8[] := p_new_state.counted_without;
    v_fine_since CONSTANT pg_catalog.timestamptz := p_new_state.fine_since;
BEGIN
    WITH failure AS MATERIALIZED (
        SELECT f.*, sha256(convert_to(jsonb_build_array(f.execution_status, f.own_sqlstate, f.ended_by, f.message,
            f.has_statement, f.has_hint)::pg_catalog.text, 'UTF8')) AS cause_hash
        FROM script_tracking.failed_execution AS f
        WHERE f.execution_timestamp >= p_start AND f.execution_timestamp < p_end
            AND f.load_date >= p_load_floor
            AND (v_is_all OR f.recorded_by >= v_old_before OR f.recorded_by = ANY (v_old_without))
            AND (f.recorded_by IS NULL
                OR (f.recorded_by < v_new_before AND f.recorded_by <> ALL (v_new_without)))
            AND NOT f.execution_timestamp <@ p_gaps
    ), spread AS MATERIALIZED (
        SELECT l.tenant_hk AS bucket_tenant, l.level_minutes, b.bucket_start, f.*
        FROM failure AS f
        CROSS JOIN LATERAL (VALUES ('\x'::pg_catalog.bytea, 1::pg_catalog.int2), ('\x', 10), ('\x', 60),
            (f.tenant_hk, 10), (f.tenant_hk, 60)) AS l (tenant_hk, level_minutes)
        CROSS JOIN LATERAL date_bin(make_interval(mins => l.level_minutes), f.execution_timestamp, c_origin)
            AS b (bucket_start)
        WHERE l.tenant_hk IS NOT NULL AND (l.level_minutes = 60 OR b.bucket_start >= v_fine_since)
    ), cause AS (
        SELECT s.bucket_tenant, s.level_minutes, s.bucket_start, s.cause_hash, count(*) AS occurrences
        FROM spread AS s
        GROUP BY s.bucket_tenant, s.level_minutes, s.bucket_start, s.cause_hash
    ), known AS (
        SELECT r.tenant_hk, r.level_minutes, r.bucket_start, array_agg(r.cause_hash) AS hashes
        FROM (SELECT DISTINCT c.bucket_tenant, c.level_minutes, c.bucket_start FROM cause AS c) AS b
        JOIN script_tracking.rollup_error AS r ON r.tenant_hk = b.bucket_tenant AND r.level_minutes = b.level_minutes
            AND r.bucket_start = b.bucket_start
        WHERE r.message IS NOT NULL
        GROUP BY r.tenant_hk, r.level_minutes, r.bucket_start
    ), kept AS (
        SELECT k.bucket_tenant, k.level_minutes, k.bucket_start, k.cause_hash
        FROM (
            SELECT c.*, row_number() OVER (PARTITION BY c.bucket_tenant, c.level_minutes, c.bucket_start,
                    c.cause_hash = ANY (coalesce(n.hashes, '{}')) ORDER BY c.occurrences DESC, c.cause_hash) AS place,
                c.cause_hash = ANY (coalesce(n.hashes, '{}')) AS is_known, coalesce(cardinality(n.hashes), 0) AS causes
            FROM cause AS c
            LEFT JOIN known AS n ON n.tenant_hk = c.bucket_tenant AND n.level_minutes = c.level_minutes
                AND n.bucket_start = c.bucket_start
        ) AS k
        WHERE k.is_known OR k.causes + k.place <= c_most_causes
    ), counted AS (
        SELECT s.bucket_tenant, s.level_minutes, s.bucket_start,
            coalesce(k.cause_hash, sha256(convert_to(s.execution_status, 'UTF8'))) AS cause_hash, s.execution_status,
            CASE WHEN k.cause_hash IS NOT NULL THEN s.own_sqlstate END AS own_sqlstate,
            CASE WHEN k.cause_hash IS NOT NULL THEN s.ended_by END AS ended_by,
            CASE WHEN k.cause_hash IS NOT NULL THEN s.message END AS message,
            s.has_statement AND k.cause_hash IS NOT NULL AS has_statement,
            s.has_hint AND k.cause_hash IS NOT NULL AS has_hint,
            s.execution_timestamp, s.version_number, s.script_execution_hk, s.load_date, s.db_session_user, s.tenant_hk
        FROM spread AS s
        LEFT JOIN kept AS k ON k.bucket_tenant = s.bucket_tenant AND k.level_minutes = s.level_minutes
            AND k.bucket_start = s.bucket_start AND k.cause_hash = s.cause_hash
    )
    INSERT INTO script_tracking.rollup_error AS r
    SELECT c.bucket_tenant, c.level_minutes, c.bucket_start, c.cause_hash, c.execution_status, c.own_sqlstate, c.ended_by,
        c.message, c.has_statement, c.has_hint, count(*), min(c.execution_timestamp), max(c.execution_timestamp),
        (array_agg(c.version_number ORDER BY c.execution_timestamp DESC, c.version_number DESC, c.script_execution_hk))[1],
        (array_agg(c.script_execution_hk ORDER BY c.execution_timestamp DESC, c.version_number DESC, c.script_execution_hk))[1],
        (array_agg(c.load_date ORDER BY c.execution_timestamp DESC, c.version_number DESC, c.script_execution_hk))[1],
        (array_agg(DISTINCT c.db_session_user::pg_catalog.text))[1:20],
        coalesce((array_agg(DISTINCT c.tenant_hk) FILTER (WHERE c.tenant_hk IS NOT NULL))[1:20], '{}')
    FROM counted AS c
    GROUP BY c.bucket_tenant, c.level_minutes, c.bucket_start, c.cause_hash, c.execution_status, c.own_sqlstate,
        c.ended_by, c.message, c.has_statement, c.has_hint
    ON CONFLICT ON CONSTRAINT rollup_error_pkey DO UPDATE SET occurrences = r.occurrences + excluded.occurrences,
        first_seen = least(r.first_seen, excluded.first_seen),
        (last_seen, last_version, last_execution_hk, last_load_date) = (
            SELECT l.last_seen, l.last_version, l.last_execution_hk, l.last_load_date
            FROM (VALUES (r.last_seen, r.last_version, r.last_execution_hk, r.last_load_date),
                (excluded.last_seen, excluded.last_version, excluded.last_execution_hk, excluded.last_load_date))
                AS l (last_seen, last_version, last_execution_hk, last_load_date)
            ORDER BY l.last_seen DESC, l.last_version DESC, l.last_execution_hk LIMIT 1),
        users = ARRAY(SELECT DISTINCT u.name FROM unnest(r.users || excluded.users) AS u (name) ORDER BY u.name LIMIT 20),
        tenants = ARRAY(SELECT DISTINCT u.key FROM unnest(r.tenants || excluded.tenants) AS u (key) ORDER BY u.key LIMIT 20);
END
$function$;

COMMENT ON FUNCTION script_tracking.add_to_rollup_errors(
    script_tracking.rollup_state, script_tracking.rollup_state, pg_catalog.timestamptz, pg_catalog.timestamptz,
    pg_catalog.tstzmultirange, pg_catalog.timestamptz) IS 'Counts causes of executions that did not succeed into the rollups';
