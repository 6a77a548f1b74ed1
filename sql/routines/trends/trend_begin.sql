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
    v_span pg_catalog.tstzrange := range_merge(p_spans);
    v_since pg_catalog.timestamptz := lower(v_span);
    v_until pg_catalog.timestamptz := upper(v_span);
    v_sees_all pg_catalog.bool := false;
    v_left pg_catalog.int8 := c_most_rows + 1;
    v_found pg_catalog.int8;
    v_begin pg_catalog.timestamptz;
BEGIN
    IF p_tenant_hk IS NULL AND v_until <= v_since + '8 days'::pg_catalog."interval"
        AND has_table_privilege('script_tracking.rollup_total', 'SELECT') THEN
        v_sees_all := EXISTS (SELECT FROM script_tracking.rollup_total);
    END IF;
    -- The hours of a few days say at once that there are no more.
    IF v_sees_all AND c_most_rows >= (SELECT sum(t.ended) FROM script_tracking.tally_hours(NULL, v_since, v_until) AS t) THEN
        RETURN NULL;
    END IF;
    -- One after the other, the latest first: each is read along the index, as far as it must be. Joined with all of them at once, the
    -- planner reads what is between them, too.
    FOR v_span IN SELECT w.span FROM unnest(p_spans) AS w (span) ORDER BY w.span DESC LOOP
        v_since := lower(v_span);
        v_until := upper(v_span);
        SELECT count(*), min(l.execution_timestamp) INTO v_found, v_begin
        FROM (
            SELECT e.execution_timestamp FROM script_tracking.ended_execution AS e
            WHERE e.execution_timestamp >= v_since AND e.execution_timestamp < v_until
                AND e.load_date >= v_since - '1 day'::pg_catalog."interval" AND (p_tenant_hk IS NULL OR e.tenant_hk = p_tenant_hk)
            ORDER BY e.execution_timestamp DESC
            LIMIT v_left) AS l;
        v_left := v_left - v_found;
        IF v_left = 0 THEN
            RETURN v_begin;
        END IF;
    END LOOP;
    RETURN NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.trend_begin(pg_catalog.bytea, pg_catalog.tstzmultirange) IS
    'Where the latest 200,000 executions of these spans begin; NULL: there are no more';
