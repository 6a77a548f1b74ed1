-- Returns where the latest 200,000 executions of these spans begin, which are read from the rows; NULL if there are no more.
CREATE OR REPLACE FUNCTION script_tracking.trend_begin(p_tenant_hk pg_catalog.bytea, p_spans pg_catalog.tstzmultirange)
RETURNS pg_catalog.timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    c_most_rows CONSTANT pg_catalog.int8 := 200000;
    v_span CONSTANT pg_catalog.tstzrange := range_merge(p_spans);
    v_since CONSTANT pg_catalog.timestamptz := lower(v_span);
    v_until CONSTANT pg_catalog.timestamptz := upper(v_span);
    v_sees_all pg_catalog.bool := false;
BEGIN
    IF p_tenant_hk IS NULL AND v_until <= v_since + '8 days'::pg_catalog."interval"
        AND has_table_privilege('script_tracking.rollup_total', 'SELECT') THEN
        v_sees_all := EXISTS (SELECT FROM script_tracking.rollup_total);
    END IF;
    -- The hours of a few days say at once that there are no more.
    IF v_sees_all AND c_most_rows >= (SELECT sum(t.ended) FROM script_tracking.tally_hours(NULL, v_since, v_until) AS t) THEN
        RETURN NULL;
    END IF;
    IF tstzmultirange(v_span) = p_spans THEN
        -- One span is read along the index, as far as it must be.
        RETURN (
            SELECT e.execution_timestamp FROM script_tracking.ended_execution AS e
            WHERE e.execution_timestamp >= v_since AND e.execution_timestamp < v_until
                AND e.load_date >= v_since - '1 day'::pg_catalog."interval" AND (p_tenant_hk IS NULL OR e.tenant_hk = p_tenant_hk)
            ORDER BY e.execution_timestamp DESC
            OFFSET c_most_rows LIMIT 1);
    END IF;
    RETURN (
        SELECT e.execution_timestamp
        FROM unnest(p_spans) AS w (span)
        JOIN script_tracking.ended_execution AS e
            ON e.execution_timestamp >= lower(w.span) AND e.execution_timestamp < upper(w.span)
        WHERE e.load_date >= v_since - '1 day'::pg_catalog."interval" AND (p_tenant_hk IS NULL OR e.tenant_hk = p_tenant_hk)
        ORDER BY e.execution_timestamp DESC
        OFFSET c_most_rows LIMIT 1);
END
$function$;

COMMENT ON FUNCTION script_tracking.trend_begin(pg_catalog.bytea, pg_catalog.tstzmultirange) IS
    'Where the latest 200,000 executions of these spans begin; NULL: there are no more';
