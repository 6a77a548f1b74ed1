-- Returns counts and durations of a window by name, object or login, each compared with its own 28 days before. There
-- are no rollups by these, so it reads the rows: of the past at most the latest 200,000.
CREATE OR REPLACE FUNCTION script_tracking.get_performance_by(
    subject_kind pg_catalog.text,
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    since pg_catalog.timestamptz DEFAULT NULL,
    until pg_catalog.timestamptz DEFAULT NULL,
    maximum_rows pg_catalog.int8 DEFAULT NULL
)
RETURNS TABLE (
    subject pg_catalog.text,
    operations pg_catalog.int8,
    failed_operations pg_catalog.int8,
    success_rate pg_catalog."numeric",
    p50_duration_ms pg_catalog."numeric",
    p95_duration_ms pg_catalog."numeric",
    max_duration_ms pg_catalog."numeric",
    total_duration_ms pg_catalog."numeric",
    usual_p50_ms pg_catalog."numeric",
    usual_p95_ms pg_catalog."numeric",
    trend_direction pg_catalog.text,
    compared_to_usual pg_catalog.text
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_until CONSTANT pg_catalog.timestamptz := coalesce(get_performance_by.until, 'infinity');
    v_since CONSTANT pg_catalog.timestamptz := coalesce(get_performance_by.since,
        coalesce(get_performance_by.until, statement_timestamp()) - pg_catalog."interval" '24 hours');
    v_before CONSTANT pg_catalog.timestamptz := v_since - pg_catalog."interval" '28 days';
BEGIN
    IF get_performance_by.subject_kind NOT IN ('name', 'object', 'user') OR get_performance_by.subject_kind IS NULL THEN
        RAISE EXCEPTION 'there is no performance by %', coalesce(get_performance_by.subject_kind, 'NULL')
            USING ERRCODE = 'DT006', HINT = 'by name, object or user';
    END IF;
    PERFORM script_tracking.record_access('performance', encode(get_performance_by.tenant_hk, 'hex'), NULL, true);
    RETURN QUERY
    WITH execution AS (
        (SELECT true AS is_current, s.script_name,
            CASE WHEN s.metadata ? 'replicated' THEN '(replication)' ELSE s.db_session_user END AS db_session_user,
            s.affected_objects, s.execution_status,
            CASE WHEN s.execution_duration_ms IS NOT NULL AND jsonb_typeof(s.metadata -> 'duration_us') = 'number'
                THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001 ELSE s.execution_duration_ms END AS duration_ms
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_end_date IS NULL AND s.execution_timestamp >= v_since AND s.execution_timestamp < v_until
            -- Nothing is recorded before it began; the day allows for clocks that differ.
            AND s.load_date >= v_since - pg_catalog."interval" '1 day'
            AND (get_performance_by.tenant_hk IS NULL OR s.tenant_hk = get_performance_by.tenant_hk)
            -- If an operation failed, the log's entry about its error is counted with the operation.
            AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with'))
        UNION ALL
        (SELECT false, s.script_name,
            CASE WHEN s.metadata ? 'replicated' THEN '(replication)' ELSE s.db_session_user END AS db_session_user,
            s.affected_objects, s.execution_status,
            CASE WHEN s.execution_duration_ms IS NOT NULL AND jsonb_typeof(s.metadata -> 'duration_us') = 'number'
                THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001 ELSE s.execution_duration_ms END
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_end_date IS NULL AND s.execution_timestamp >= v_before AND s.execution_timestamp < v_since
            AND s.load_date >= v_before - pg_catalog."interval" '1 day'
            AND (get_performance_by.tenant_hk IS NULL OR s.tenant_hk = get_performance_by.tenant_hk)
            AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with')
        ORDER BY s.execution_timestamp DESC
        LIMIT 200000)
    ), counted AS (
        SELECT e.is_current, u.subject, e.execution_status, e.duration_ms
        FROM execution AS e
        CROSS JOIN LATERAL unnest(CASE get_performance_by.subject_kind
            WHEN 'name' THEN ARRAY[e.script_name::pg_catalog.text]
            WHEN 'user' THEN ARRAY[e.db_session_user::pg_catalog.text]
            ELSE e.affected_objects END) AS u (subject)
    ), tally AS (
        SELECT c.is_current, c.subject, count(*) AS operations,
            count(*) FILTER (WHERE c.execution_status = 'FAILED') AS failures,
            count(*) FILTER (WHERE c.execution_status <> 'RUNNING') AS ended,
            100.0 * count(*) FILTER (WHERE c.execution_status = 'COMPLETED')
                / nullif(count(*) FILTER (WHERE c.execution_status <> 'RUNNING'), 0) AS success_rate,
            percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY c.duration_ms) AS percentiles,
            max(c.duration_ms) AS longest_ms, sum(c.duration_ms) AS total_ms
        FROM counted AS c
        GROUP BY c.is_current, c.subject
    )
    SELECT t.subject, t.operations, t.failures, round(t.success_rate, 2), round(t.percentiles[1], 3),
        round(t.percentiles[2], 3), round(t.longest_ms, 3), round(t.total_ms, 3),
        round(p.percentiles[1], 3), round(p.percentiles[2], 3),
        CASE
            WHEN t.percentiles[1] > p.percentiles[1] * 1.05 THEN 'UP'
            WHEN t.percentiles[1] < p.percentiles[1] * 0.95 THEN 'DOWN'
            WHEN t.percentiles[1] IS NOT NULL AND p.percentiles[1] IS NOT NULL THEN 'STABLE'
        END,
        CASE
            WHEN t.percentiles[1] > p.percentiles[1] * 1.5 OR t.success_rate < p.success_rate - 5 THEN 'WORSE'
            WHEN t.percentiles[1] * 1.5 < p.percentiles[1] OR t.success_rate > p.success_rate + 5 THEN 'BETTER'
            WHEN t.ended > 0 AND p.ended > 0 THEN 'AS USUAL'
        END
    FROM tally AS t
    LEFT JOIN tally AS p ON NOT p.is_current AND p.subject = t.subject AND p.ended >= 5
    WHERE t.is_current
    ORDER BY t.total_ms DESC NULLS LAST, t.subject
    LIMIT get_performance_by.maximum_rows;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_performance_by(
    pg_catalog.text, pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.int8) IS
    'Counts and durations of a window by name, object or user (subject_kind), each compared with its own 28 days before';
