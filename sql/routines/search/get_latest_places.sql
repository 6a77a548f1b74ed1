-- Returns where the latest executions are of the tenants that the caller sees, for versions_within: about p_most of them. The
-- index by tenant and time has them, so it does not matter how many rows the other tenants have. o_after: executions that
-- began later are all there; NULL: all of the window are. All NULL if the caller sees everything.
CREATE OR REPLACE FUNCTION script_tracking.get_latest_places(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz,
    p_most pg_catalog.int4,
    OUT o_starts pg_catalog.timestamptz[],
    OUT o_ends pg_catalog.timestamptz[],
    OUT o_load_dates pg_catalog.text[],
    OUT o_after pg_catalog.timestamptz,
    OUT o_versions pg_catalog.int8
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- With the values, the planner opens only the months of a step.
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
SET "DateStyle" = 'ISO'
SET "TimeZone" = 'UTC'
AS $function$
DECLARE
    -- Nothing is recorded before it began; the day allows for clocks that differ.
    c_slack CONSTANT pg_catalog."interval" := '1 day';
    c_many_tenants CONSTANT pg_catalog.int4 := 20;
    v_tenants pg_catalog.bytea[];
    v_most pg_catalog.int4;
    v_first CONSTANT pg_catalog.timestamptz := coalesce(p_since, '-infinity');
    v_until CONSTANT pg_catalog.timestamptz := coalesce(p_until, 'infinity');
    v_from pg_catalog.timestamptz := date_trunc('month', least(v_until, now()));
    v_to pg_catalog.timestamptz := 'infinity';
    v_months pg_catalog.int4 := 1;
    v_dates pg_catalog.timestamptz[] := '{}';
    v_times pg_catalog.timestamptz[] := '{}';
    v_step record;
BEGIN
    IF script_tracking.sees_all_tenants() THEN
        RETURN;
    END IF;
    v_tenants := script_tracking.caller_tenants();
    -- Of many tenants, few executions each: whoever asks asks again for more, if one tenant has most of them.
    v_most := greatest(least(p_most, p_most * c_many_tenants / greatest(cardinality(v_tenants), 1)), 5);
    WHILE v_to > v_first - c_slack LOOP
        SELECT array_agg(f.load_date) AS dates, array_agg(f.execution_timestamp) AS times,
            max(f.execution_timestamp) FILTER (WHERE f.place > v_most) AS incomplete
        INTO v_step
        FROM unnest(v_tenants) AS t (tenant_hk)
        CROSS JOIN LATERAL (
            SELECT l.*, row_number() OVER (ORDER BY l.execution_timestamp DESC) AS place
            FROM (
                SELECT s.load_date, s.execution_timestamp
                FROM script_tracking.script_execution_s AS s
                WHERE s.tenant_hk = t.tenant_hk AND s.load_end_date IS NULL
                    AND s.execution_timestamp >= v_first AND s.execution_timestamp < v_until
                    AND s.load_date >= v_from AND s.load_date < v_to
                ORDER BY s.execution_timestamp DESC
                LIMIT v_most + 1
            ) AS l
        ) AS f;
        v_dates := v_dates || v_step.dates;
        v_times := v_times || v_step.times;
        o_after := greatest(o_after, v_step.incomplete);
        -- What is in earlier months began before this.
        EXIT WHEN o_after >= v_from + c_slack;
        IF p_most <= (SELECT count(*) FROM unnest(v_times) AS e (began) WHERE e.began > v_from + c_slack) THEN
            o_after := v_from + c_slack;
            EXIT;
        END IF;
        v_to := v_from;
        v_from := CASE WHEN v_months < 1000 THEN v_to - make_interval(months => v_months) ELSE '-infinity' END;
        v_months := v_months * 2;
    END LOOP;
    SELECT coalesce(array_agg(m.place_start), '{}'), coalesce(array_agg(m.place_end), '{}'),
        coalesce(array_agg(m.load_dates), '{}'), coalesce(sum(m.versions), 0)
    INTO o_starts, o_ends, o_load_dates, o_versions
    FROM (
        SELECT min(e.load_date) AS place_start, max(e.load_date) AS place_end,
            array_agg(DISTINCT e.load_date)::pg_catalog.text AS load_dates, count(*) AS versions
        FROM unnest(v_dates, v_times) AS e (load_date, began)
        WHERE o_after IS NULL OR e.began > o_after
        GROUP BY date_trunc('month', e.load_date)
    ) AS m;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_latest_places(
    pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.int4) IS
    'Where the latest executions of the caller''s tenants are, for versions_within; NULL: the caller sees everything';
