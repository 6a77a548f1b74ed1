-- Lists operations that became slower: names among the 2,000 longest executions since a moment, at most 30 of them, those that took
-- longest in all. Their last 60 completed runs, of the last 200 of the name, have a trend with a significance of 0.1 % (Kendall's
-- test, fit_trend), and rose by a fifth or more: of 30 names without a trend, one in thirty lists has one. seconds is how much longer
-- the runs took than the first.
CREATE OR REPLACE FUNCTION script_tracking.advise_slower(p_tenant_hk pg_catalog.bytea, p_since pg_catalog.timestamptz)
RETURNS TABLE (
    kind pg_catalog.text,
    subject pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    seconds pg_catalog."numeric",
    cases pg_catalog.int8,
    first_seen pg_catalog.timestamptz,
    last_seen pg_catalog.timestamptz,
    evidence pg_catalog.text,
    statement pg_catalog.text,
    execution_keys pg_catalog.bytea[]
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
-- The planner leaves out the months that the range does not touch.
SET plan_cache_mode = force_custom_plan
-- Rows in the order of an index end at the limit.
SET enable_bitmapscan = off
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH longest AS MATERIALIZED (
        SELECT s.tenant_hk, s.script_name, s.script_type, s.execution_status, s.execution_duration_ms
        FROM script_tracking.script_execution_s AS s
        WHERE s.execution_duration_ms IS NOT NULL AND s.load_end_date IS NULL AND s.execution_timestamp >= p_since
            -- Nothing is recorded before it began; the day allows for clocks that differ.
            AND s.load_date >= p_since - '1 day'::pg_catalog."interval"
            AND (p_tenant_hk IS NULL OR s.tenant_hk = p_tenant_hk)
        ORDER BY s.execution_duration_ms DESC
        LIMIT 2000
    ), named AS MATERIALIZED (
        SELECT l.tenant_hk, l.script_name
        FROM longest AS l
        WHERE l.script_type NOT IN ('DDL_AUTO', 'DDL_LOG') AND l.execution_status = 'COMPLETED'
        GROUP BY l.tenant_hk, l.script_name
        ORDER BY sum(l.execution_duration_ms) DESC, l.script_name
        LIMIT 30
    ), run AS MATERIALIZED (
        SELECT n.tenant_hk, n.script_name, r.began, r.script_execution_hk, r.milliseconds,
            row_number() OVER (PARTITION BY n.tenant_hk, n.script_name ORDER BY r.began) AS place,
            rank() OVER (PARTITION BY n.tenant_hk, n.script_name ORDER BY r.milliseconds) AS height
        FROM named AS n
        CROSS JOIN LATERAL (
            SELECT s.began, s.script_execution_hk, s.milliseconds
            FROM (
                SELECT s.execution_timestamp AS began, s.script_execution_hk, s.tenant_hk,
                    CASE WHEN jsonb_typeof(s.metadata -> 'duration_us') = 'number'
                        THEN (s.metadata ->> 'duration_us')::pg_catalog.float8 / 1000 ELSE s.execution_duration_ms END AS milliseconds
                FROM script_tracking.script_execution_s AS s
                WHERE s.script_name = n.script_name AND s.load_end_date IS NULL AND s.execution_status = 'COMPLETED'
                    AND s.script_type NOT IN ('DDL_AUTO', 'DDL_LOG')
                    AND s.execution_duration_ms IS NOT NULL AND s.execution_timestamp >= p_since
                    AND s.load_date >= p_since - '1 day'::pg_catalog."interval"
                ORDER BY s.execution_timestamp DESC
                -- Hundreds of tenants may have runs of the same name.
                LIMIT 200
            ) AS s
            WHERE s.tenant_hk IS NOT DISTINCT FROM n.tenant_hk
            ORDER BY s.began DESC
            LIMIT 60
        ) AS r
    ), series AS MATERIALIZED (
        SELECT r.tenant_hk, r.script_name, array_agg(r.milliseconds ORDER BY r.began) AS points, min(r.began) AS first_seen,
            max(r.began) AS last_seen, (array_agg(r.script_execution_hk ORDER BY r.began DESC))[1] AS last_key,
            (array_agg(r.script_execution_hk ORDER BY r.began))[1] AS first_key
        FROM run AS r
        GROUP BY r.tenant_hk, r.script_name
        -- What has such a trend has a higher correlation of the ranks than this, which is quicker to compute.
        HAVING count(*) >= 8 AND corr(r.place, r.height) > 0.3
    ), fitted AS MATERIALIZED (
        SELECT s.*, cardinality(s.points) AS runs, f.slope * (f.points - 1) AS rise, f.middle - f.slope * (f.points - 1) / 2 AS began_with,
            f.p_value
        FROM series AS s
        CROSS JOIN LATERAL script_tracking.fit_trend(s.points) AS f
    )
    SELECT 'slower', f.script_name::pg_catalog.text, f.tenant_hk,
        -- The mean of a line from 0 to the rise, for each run.
        round((f.rise / 2000 * f.runs)::pg_catalog."numeric", 3), f.runs::pg_catalog.int8, f.first_seen, f.last_seen,
        format('%s runs rose from %s s to %s s; by chance in fewer than %s of 1,000 series', f.runs,
            round((f.began_with / 1000)::pg_catalog."numeric", 2), round(((f.began_with + f.rise) / 1000)::pg_catalog."numeric", 2),
            ceil(1000 * f.p_value)::pg_catalog.int4),
        format('dbtrack history --name %s --since %s', '''' || replace(f.script_name, '''', '''\''''') || '''',
            to_char(f.first_seen AT TIME ZONE 'UTC', 'YYYY-MM-DD')),
        ARRAY[f.last_key, f.first_key]
    FROM fitted AS f
    WHERE f.p_value < 0.001 AND f.rise >= 0.2 * f.began_with;
END
$function$;

COMMENT ON FUNCTION script_tracking.advise_slower(pg_catalog.bytea, pg_catalog.timestamptz) IS
    'Operations that became slower, with significance';
