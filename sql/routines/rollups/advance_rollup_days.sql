-- Counts days that are over and whose hours are counted, the latest first, and then weeks, in one bounded step: o_outcome 'more'
-- says that some remain, for another call and transaction. It counts what advance_rollups has counted, so that one state holds for
-- both; what comes later advance_rollups adds.
CREATE OR REPLACE FUNCTION script_tracking.advance_rollup_days(
    p_most_rows pg_catalog.int8 DEFAULT 200000,
    OUT o_outcome pg_catalog.text,
    OUT o_executions pg_catalog.int8
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET row_security = on
AS $function$
DECLARE
    c_day CONSTANT pg_catalog."interval" := '1 day';
    c_most_week_rows CONSTANT pg_catalog.int8 := 20000;
    v_zone CONSTANT pg_catalog.text := script_tracking.current_setting_value('rollups.zone');
    v_state script_tracking.rollup_state;
    v_gaps pg_catalog.tstzmultirange;
    v_starts pg_catalog.timestamptz[];
    v_ends pg_catalog.timestamptz[];
    v_missing pg_catalog.tstzmultirange;
    v_slice pg_catalog.timestamptz;
    v_whole pg_catalog.timestamptz;
    v_until pg_catalog.timestamptz;
    v_left pg_catalog.int8 := p_most_rows;
    v_counted pg_catalog.int8;
BEGIN
    o_outcome := 'done';
    o_executions := 0;
    PERFORM FROM script_tracking.installation AS i WHERE i.property_name = 'lock.rollup' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        o_outcome := 'skipped';
        RETURN;
    END IF;
    SELECT c.* INTO v_state FROM script_tracking.current_rollup_state() AS c;
    IF v_state.is_only IS NULL THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM script_tracking.rollup_day_state AS s WHERE s.day_start <> date_trunc('day', s.day_start, v_zone)
            OR s.day_end <> (s.day_start AT TIME ZONE v_zone + c_day) AT TIME ZONE v_zone) THEN
        -- Counted in another zone.
        PERFORM script_tracking.forget_rollup_days('-infinity', 'infinity');
    END IF;
    SELECT coalesce(range_agg(tstzrange(g.gap_start, g.gap_end)), '{}') INTO v_gaps FROM script_tracking.rollup_gap AS g;
    SELECT array_agg(d.day_start ORDER BY d.day_start), array_agg(d.day_end ORDER BY d.day_start),
        coalesce(range_agg(tstzrange(d.day_start, d.day_end)), '{}')
            - coalesce((SELECT range_agg(tstzrange(s.counted_since, s.day_end)) FROM script_tracking.rollup_day_state AS s), '{}')
    INTO v_starts, v_ends, v_missing
    FROM (
        SELECT g.local AT TIME ZONE v_zone AS day_start, (g.local + c_day) AT TIME ZONE v_zone AS day_end
        FROM (SELECT min(t.bucket_start) AS moment FROM script_tracking.rollup_total AS t WHERE t.level_minutes = 60) AS f
        CROSS JOIN generate_series(date_trunc('day', f.moment AT TIME ZONE v_zone), v_state.advanced_at AT TIME ZONE v_zone, c_day)
            AS g (local)
    ) AS d
    WHERE d.day_end <= v_state.advanced_at AND d.day_start < d.day_end AND NOT tstzrange(d.day_start, d.day_end) && v_gaps;
    WHILE v_left > 0 AND NOT coalesce(isempty(v_missing), true) LOOP
        SELECT lower(w.span), upper(w.span) INTO v_slice, v_until FROM unnest(v_missing) AS w (span) ORDER BY w.span DESC LIMIT 1;
        v_slice := script_tracking.rollup_slice_start(v_slice, v_until, v_left);
        -- Whole days, unless a single day is more than a step: then a step of its own begins it, because the executions that are
        -- counted first say whether its names get rows.
        v_whole := (SELECT min(w.day_start) FROM unnest(v_starts) AS w (day_start)
            WHERE w.day_start >= v_slice AND w.day_start < v_until);
        EXIT WHEN v_whole IS NULL AND v_left < p_most_rows;
        v_slice := coalesce(v_whole, v_slice);
        INSERT INTO script_tracking.rollup_day_state AS s (day_start, day_end, counted_since)
        SELECT w.day_start, w.day_end, greatest(w.day_start, v_slice)
        FROM unnest(v_starts, v_ends) AS w (day_start, day_end)
        WHERE w.day_start < v_until AND w.day_end > v_slice
        ON CONFLICT ON CONSTRAINT rollup_day_state_pkey DO UPDATE SET counted_since = excluded.counted_since;
        v_counted := script_tracking.add_to_rollup_days(NULL, v_state, v_slice, v_until, '{}', v_slice - c_day);
        v_missing := v_missing - tstzmultirange(tstzrange(v_slice, v_until));
        o_executions := o_executions + v_counted;
        v_left := v_left - greatest(v_counted, 1000);
    END LOOP;
    IF coalesce(isempty(v_missing), true) THEN
        -- Then the weeks, which are sums of days.
        o_outcome := CASE WHEN script_tracking.add_rollup_weeks(v_zone, c_most_week_rows) THEN 'more' ELSE 'done' END;
    ELSE
        o_outcome := 'more';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.advance_rollup_days(pg_catalog.int8) IS
    'Counts days that are over, in one bounded step: done, more (call again) or skipped (another session updates the rollups)';
