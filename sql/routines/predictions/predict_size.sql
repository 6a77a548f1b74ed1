-- Predicts when what dbtrack stores reaches a size, if nothing is removed: from the executions of each of the last 13 weeks, and
-- the bytes that an execution took in the last months. Only for those who see all tenants. UNKNOWN: no limit was given, or there
-- are fewer than five whole weeks. DISTANT: not within 100 years.
CREATE OR REPLACE FUNCTION script_tracking.predict_size(p_size_limit pg_catalog.int8)
RETURNS TABLE (
    kind pg_catalog.text,
    subject pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    state pg_catalog.text,
    expected_from pg_catalog.timestamptz,
    expected_at pg_catalog.timestamptz,
    expected_until pg_catalog.timestamptz,
    confidence pg_catalog."numeric",
    cases pg_catalog.int8,
    basis pg_catalog.text,
    execution_key pg_catalog.bytea
)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
AS $function$
#variable_conflict use_column
DECLARE
    v_now CONSTANT pg_catalog.timestamptz := statement_timestamp();
    v_end CONSTANT pg_catalog.timestamptz := date_trunc('day', v_now);
    -- Whole months, so that their partitions have the bytes of these executions.
    v_since CONSTANT pg_catalog.timestamptz := date_trunc('month', v_end - '91 days'::pg_catalog."interval");
    c_week CONSTANT pg_catalog."interval" := '7 days';
    c_first CONSTANT pg_catalog.timestamptz := v_end - 13 * c_week;
    v_hour CONSTANT pg_catalog.timestamptz := date_trunc('hour', v_now);
    v_days CONSTANT pg_catalog.int4 := script_tracking.current_setting_value('retention.days')::pg_catalog.int4;
    v_size pg_catalog."numeric";
    v_bytes pg_catalog."numeric";
    v_executions pg_catalog."numeric";
    v_weeks pg_catalog.float8[];
    v_week record;
    v_left pg_catalog."numeric";
    v_soonest pg_catalog.float8;
BEGIN
    SELECT sum(pg_total_relation_size(c.oid)) INTO v_size
    FROM pg_class AS c
    WHERE c.relnamespace = 'script_tracking'::pg_catalog.regnamespace AND c.relkind = 'r';
    SELECT sum(r.bytes) INTO v_bytes FROM script_tracking.record_months(v_since) AS r;
    WITH span AS MATERIALIZED (
        -- What is before the first week and what is after the last one are spans, too.
        SELECT CASE WHEN t.moment < c_first THEN v_since WHEN t.moment >= v_end THEN v_end
            ELSE date_bin(c_week, t.moment, c_first) END AS span_start, sum(t.ended) AS executions
        FROM script_tracking.trend_counts(NULL, NULL, v_since, v_hour, script_tracking.trend_days(NULL, NULL, v_since, v_hour, 'day',
            'UTC'), 'day', 'UTC', NULL) AS t
        GROUP BY 1
    )
    SELECT (SELECT sum(s.executions) FROM span AS s), array_agg(coalesce(s.executions, 0)::pg_catalog.float8 ORDER BY w.week_start DESC)
    INTO v_executions, v_weeks
    FROM generate_series(c_first, v_end - c_week, c_week) AS w (week_start)
    LEFT JOIN span AS s ON s.span_start = w.week_start
    -- The week in which the record begins is not a whole one.
    WHERE w.week_start > (SELECT min(f.span_start) FROM span AS f WHERE f.executions > 0);
    SELECT i.low, i.middle, i.high, i.level, i.cases, v_bytes / nullif(v_executions, 0) AS each_bytes INTO v_week
    FROM (VALUES (true)) AS t (is_only)
    LEFT JOIN LATERAL script_tracking.conformal_interval(v_weeks) AS i ON true;
    v_left := greatest(p_size_limit - v_size, 0) / nullif(v_week.each_bytes, 0);
    v_soonest := v_left::pg_catalog.float8 / v_week.high;
    state := CASE WHEN p_size_limit <= v_size THEN 'DUE' WHEN p_size_limit IS NULL OR v_soonest IS NULL THEN 'UNKNOWN'
        WHEN v_soonest > 5200 THEN 'DISTANT' ELSE 'EXPECTED' END;
    RETURN QUERY
    SELECT 'size', coalesce('the record reaches ' || pg_size_pretty(p_size_limit), 'the size of the record'),
        NULL::pg_catalog.bytea, state,
        CASE state WHEN 'DUE' THEN v_now WHEN 'EXPECTED' THEN v_now + v_soonest * '7 days'::pg_catalog."interval" END,
        CASE state WHEN 'DUE' THEN v_now WHEN 'EXPECTED' THEN
            v_now + least(v_left::pg_catalog.float8 / v_week.middle, 5200) * '7 days'::pg_catalog."interval" END,
        CASE state WHEN 'DUE' THEN v_now WHEN 'EXPECTED' THEN
            v_now + least(v_left::pg_catalog.float8 / v_week.low, 5200) * '7 days'::pg_catalog."interval" END,
        CASE state WHEN 'DUE' THEN 1 WHEN 'EXPECTED' THEN round(v_week.level::pg_catalog."numeric", 3) END,
        coalesce(v_week.cases, 0)::pg_catalog.int8,
        'now ' || pg_size_pretty(v_size::pg_catalog.int8)
            || CASE WHEN v_week.level IS NULL THEN '; fewer than five whole weeks are recorded'
                ELSE format('; %s more in a week (%s to %s); retention.days = %s keeps about %s',
                    pg_size_pretty((v_week.middle * v_week.each_bytes)::pg_catalog.int8),
                    pg_size_pretty((v_week.low * v_week.each_bytes)::pg_catalog.int8),
                    pg_size_pretty((v_week.high * v_week.each_bytes)::pg_catalog.int8), v_days,
                    pg_size_pretty((v_week.middle * v_week.each_bytes * v_days / 7)::pg_catalog.int8)) END
            || CASE WHEN p_size_limit IS NULL THEN '; give a limit, since PostgreSQL does not tell how much of the disk is free'
                ELSE '; if nothing is removed' END,
        NULL::pg_catalog.bytea;
END
$function$;

COMMENT ON FUNCTION script_tracking.predict_size(pg_catalog.int8) IS
    'When what dbtrack stores reaches a size in bytes: EXPECTED, DUE, DISTANT or UNKNOWN';
