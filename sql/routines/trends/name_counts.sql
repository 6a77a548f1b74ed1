-- Counts the executions of these names by moment: from the weeks and days of the rollups that begin then, and in p_rest from the rows.
-- p_key: whose rows of the rollups are read; NULL: those of all tenants that the caller sees, of which only days are read.
CREATE OR REPLACE FUNCTION script_tracking.name_counts(
    p_names pg_catalog.text[],
    p_tenant_hk pg_catalog.bytea,
    p_key pg_catalog.bytea,
    p_week_starts pg_catalog.timestamptz[],
    p_day_starts pg_catalog.timestamptz[],
    p_rest pg_catalog.tstzmultirange,
    p_step pg_catalog.text,
    p_zone pg_catalog.text
)
RETURNS TABLE (
    subject pg_catalog.text,
    moment pg_catalog.timestamptz,
    completed pg_catalog.int8,
    ended pg_catalog.int8,
    timed pg_catalog.int8,
    longest_ms pg_catalog."numeric",
    histogram pg_catalog."numeric",
    percentiles pg_catalog."numeric"[]
)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_span pg_catalog.tstzrange;
    v_since pg_catalog.timestamptz;
    v_until pg_catalog.timestamptz;
BEGIN
    IF p_key IS NOT NULL THEN
        RETURN QUERY
        SELECT r.subject::pg_catalog.text, r.week_start, r.completed, r.ended, r.timed, r.longest_ms, r.histogram, r.percentiles
        FROM unnest(p_names) AS n (subject)
        CROSS JOIN unnest(p_week_starts) AS w (week_start)
        -- OFFSET: by its key, because a join with the names would read each week's row of every name.
        CROSS JOIN LATERAL (
            SELECT k.* FROM script_tracking.rollup_week AS k
            WHERE k.tenant_hk = p_key AND k.subject_kind = 'name' AND k.week_start = w.week_start AND k.subject = n.subject OFFSET 0
        ) AS r
        UNION ALL
        SELECT r.subject::pg_catalog.text, r.day_start, r.completed, r.ended, r.timed, r.longest_ms, r.histogram, r.percentiles
        FROM unnest(p_names) AS n (subject)
        CROSS JOIN unnest(p_day_starts) AS d (day_start)
        CROSS JOIN LATERAL (
            SELECT k.* FROM script_tracking.rollup_day AS k
            WHERE k.tenant_hk = p_key AND k.subject_kind = 'name' AND k.day_start = d.day_start AND k.subject = n.subject OFFSET 0
        ) AS r;
    ELSE
        RETURN QUERY
        SELECT r.subject::pg_catalog.text, r.day_start, r.completed, r.ended, r.timed, r.longest_ms, r.histogram, r.percentiles
        FROM unnest(p_day_starts) AS d (day_start)
        JOIN script_tracking.rollup_day AS r ON r.day_start = d.day_start
        WHERE r.tenant_hk <> '' AND r.subject_kind = 'name' AND r.subject = ANY (p_names);
    END IF;
    -- Span by span: joined with all of them at once, the planner reads what is between them, too.
    FOR v_span IN SELECT w.span FROM unnest(p_rest) AS w (span) LOOP
        v_since := lower(v_span);
        v_until := upper(v_span);
        RETURN QUERY
        SELECT e.script_name::pg_catalog.text, date_trunc(p_step, e.execution_timestamp, p_zone),
            count(*) FILTER (WHERE e.execution_status = 'COMPLETED'), count(*), count(e.duration_ms), max(e.duration_ms),
            coalesce(sum(('1e' || 10 * e.duration_slot)::pg_catalog."numeric"), 0), NULL::pg_catalog."numeric"[]
        FROM script_tracking.ended_execution AS e
        WHERE e.execution_timestamp >= v_since AND e.execution_timestamp < v_until
            AND e.load_date >= v_since - '1 day'::pg_catalog."interval" AND e.script_name = ANY (p_names)
            AND (p_tenant_hk IS NULL OR e.tenant_hk = p_tenant_hk)
        GROUP BY 1, 2;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.name_counts(
    pg_catalog.text[], pg_catalog.bytea, pg_catalog.bytea, pg_catalog.timestamptz[], pg_catalog.timestamptz[],
    pg_catalog.tstzmultirange, pg_catalog.text, pg_catalog.text) IS
    'Executions of these names by moment: from the weeks and days of the rollups, and in the rest from the rows';
