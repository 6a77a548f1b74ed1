-- Moves the state of one group of an alert, and writes its notice. For events, what matched lately counts; otherwise what
-- matches now.
CREATE OR REPLACE FUNCTION script_tracking.step_alert(
    p_alert script_tracking.alert,
    p_group pg_catalog.text,
    p_state script_tracking.alert_state,
    p_found pg_catalog.jsonb,
    p_now pg_catalog.timestamptz,
    OUT o_change pg_catalog.text,
    OUT o_match_count pg_catalog.int8
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_state script_tracking.alert_state := p_state;
    v_new CONSTANT pg_catalog.int8 := coalesce((p_found ->> 'matches')::pg_catalog.int8, 0);
    v_counted pg_catalog.int8 := v_new;
    v_is_silent CONSTANT pg_catalog.bool := coalesce(p_alert.silenced_until > p_now, false);
    v_was pg_catalog.text;
BEGIN
    IF v_state.alert_name IS NULL THEN
        v_state := ROW(p_alert.alert_name, p_group, coalesce((SELECT h.tenant_hk FROM script_tracking.tenant_h AS h
            WHERE h.tenant_bk = p_found ->> 'tenant'), p_alert.tenant_hk), 'QUIET', p_now, NULL, NULL, NULL, NULL, 0, 0, '[]',
            NULL, NULL)::script_tracking.alert_state;
    END IF;
    v_was := v_state.state;
    v_state.arrivals := (
        SELECT coalesce(jsonb_agg(a.value ORDER BY a.position), '[]')
        FROM jsonb_array_elements(v_state.arrivals) WITH ORDINALITY AS a (value, position)
        WHERE (a.value ->> 0)::pg_catalog.timestamptz > p_now - p_alert.counted_for);
    IF v_new > 0 THEN
        IF v_state.first_row IS NULL OR v_was = 'QUIET' AND v_state.arrivals = '[]' THEN
            v_state.first_row := p_found -> 'first';
        END IF;
        v_state.last_row := p_found -> 'last';
    END IF;
    IF p_alert.is_event THEN
        IF v_new > 0 THEN
            v_state.arrivals := v_state.arrivals || jsonb_build_array(jsonb_build_array(p_now, v_new));
        END IF;
        v_counted := (SELECT coalesce(sum((a.value ->> 1)::pg_catalog.int8), 0)
            FROM jsonb_array_elements(v_state.arrivals) AS a);
    END IF;
    v_state.match_count := CASE
        WHEN NOT p_alert.is_event THEN CASE WHEN v_new > 0 THEN v_new ELSE v_state.match_count END
        WHEN v_state.state = 'QUIET' THEN v_counted
        ELSE v_state.match_count + v_new END;
    IF v_counted >= p_alert.at_least THEN
        v_state.cleared_at := NULL;
        IF v_state.state = 'QUIET' THEN
            v_state.state := 'PENDING';
            v_state.since := p_now;
            v_state.notified_at := NULL;
            v_state.notified_count := 0;
            o_change := 'pending';
        END IF;
        IF v_state.state = 'PENDING' AND p_now >= v_state.since + p_alert.hold_for THEN
            v_state.state := 'FIRING';
            v_state.fired_at := p_now;
            o_change := 'fired';
        END IF;
    ELSIF v_state.state = 'PENDING' THEN
        v_state.state := 'QUIET';
    ELSIF v_state.state = 'FIRING' THEN
        v_state.cleared_at := coalesce(v_state.cleared_at, p_now);
        IF p_now >= v_state.cleared_at + p_alert.clear_for THEN
            v_state.state := 'QUIET';
            v_state.resolved_at := p_now;
            v_state.cleared_at := NULL;
            o_change := 'resolved';
        END IF;
    END IF;
    IF v_state.state = 'FIRING' AND v_state.cleared_at IS NULL AND NOT v_is_silent AND (v_state.notified_at IS NULL
        OR p_now >= v_state.notified_at + p_alert.remind_every
            AND (NOT p_alert.is_event OR v_state.match_count > v_state.notified_count)) THEN
        IF o_change IS NULL AND v_state.notified_at IS NOT NULL THEN
            o_change := 'reminded';
        END IF;
        PERFORM script_tracking.notify_alert('alert.fired', p_alert, v_state,
            CASE WHEN v_state.notified_at IS NULL THEN '{}' ELSE '{"reminder": true}' END::pg_catalog.jsonb);
        v_state.notified_at := p_now;
        v_state.notified_count := v_state.match_count;
    ELSIF o_change = 'resolved' AND v_state.notified_at IS NOT NULL THEN
        -- Also while it is silenced: who was told that it fires must learn that it no longer does.
        PERFORM script_tracking.notify_alert('alert.resolved', p_alert, v_state, '{}');
    END IF;
    IF v_state.state <> v_was AND v_state.state <> 'PENDING' THEN
        v_state.since := p_now;
    END IF;
    o_match_count := v_state.match_count;
    IF v_state IS DISTINCT FROM p_state THEN
        DELETE FROM script_tracking.alert_state AS s WHERE s.alert_name = p_alert.alert_name AND s.group_name = p_group;
        INSERT INTO script_tracking.alert_state SELECT (v_state).*;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.step_alert(script_tracking.alert, pg_catalog.text, script_tracking.alert_state,
    pg_catalog.jsonb, pg_catalog.timestamptz) IS
    'Moves the state of one group of an alert, and writes its notice';
