-- Takes what an evaluation found of one alert, moves the state of each of its groups, and writes the notices. It runs in
-- the transaction that begin_alert_evaluation locked, so a change of state and its notice are committed once, together.
-- p_groups: an array of objects with group, tenant, matches, first and last: for events those that are new, else the rows
-- that match now. Returns what changed: pending, fired, reminded, resolved.
CREATE OR REPLACE FUNCTION script_tracking.advance_alert(p_name pg_catalog.text, p_groups pg_catalog.jsonb)
RETURNS TABLE (change pg_catalog.text, group_name pg_catalog.text, match_count pg_catalog.int8)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
#variable_conflict use_column
DECLARE
    v_now CONSTANT pg_catalog.timestamptz := clock_timestamp();
    v_alert script_tracking.alert;
    v_group record;
    v_step record;
BEGIN
    SELECT a.* INTO v_alert FROM script_tracking.alert AS a WHERE a.alert_name = p_name;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF v_alert.failed_since IS NOT NULL THEN
        UPDATE script_tracking.alert AS a SET failed_since = NULL, failure = NULL WHERE a.alert_name = p_name;
    END IF;
    FOR v_group IN
        SELECT coalesce((s.state).group_name, g.value ->> 'group') AS name, g.value AS found, s.state
        FROM jsonb_array_elements(p_groups) AS g
        FULL JOIN (SELECT t AS state FROM script_tracking.alert_state AS t WHERE t.alert_name = p_name) AS s
            ON (s.state).group_name = g.value ->> 'group'
        WHERE g.value IS NOT NULL OR (s.state).state <> 'QUIET' OR (s.state).arrivals <> '[]'
        ORDER BY 1
    LOOP
        v_step := script_tracking.step_alert(v_alert, v_group.name, v_group.state, v_group.found, v_now);
        IF v_step.o_change IS NOT NULL THEN
            RETURN QUERY SELECT v_step.o_change, v_group.name, v_step.o_match_count;
        END IF;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.advance_alert(pg_catalog.text, pg_catalog.jsonb) IS
    'Moves the state of an alert by what an evaluation found, and writes its notices';
