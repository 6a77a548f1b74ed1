-- Lists what failed at least three times with the same name and the same error: how long that took, and when it succeeds. What
-- completed more often since its last failure than it had failed counts as over, and so does a pattern whose last failure is
-- resolved (dbtrack resolve), until it fails again.
CREATE OR REPLACE FUNCTION script_tracking.advise_repeated_failures(p_tenant_hk pg_catalog.bytea, p_since pg_catalog.timestamptz)
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
-- The planner leaves out the months that the range does not touch.
SET plan_cache_mode = force_custom_plan
-- Rows in the order of an index end at the limit.
SET enable_bitmapscan = off
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_pattern record;
    v_completed pg_catalog.int8;
    v_since_then pg_catalog.int8;
    v_last_success pg_catalog.timestamptz;
    v_after pg_catalog."numeric";
BEGIN
    FOR v_pattern IN
        SELECT p.*, cardinality(p.moments) AS failures, p.moments[cardinality(p.moments)] AS last_seen
        FROM script_tracking.failure_patterns(p_tenant_hk, p_since) AS p
        ORDER BY p.duration_ms DESC, cardinality(p.moments) DESC, p.script_name
        LIMIT 50
    LOOP
        CONTINUE WHEN EXISTS (SELECT FROM script_tracking.resolution_of(v_pattern.last_keys[1]));
        SELECT count(*), count(*) FILTER (WHERE r.began > v_pattern.last_seen), max(r.began)
        INTO v_completed, v_since_then, v_last_success
        FROM (
            SELECT s.execution_timestamp AS began
            FROM script_tracking.script_execution_s AS s
            WHERE NOT v_pattern.is_ddl AND s.script_name = v_pattern.script_name AND s.load_end_date IS NULL
                AND s.execution_status = 'COMPLETED' AND s.script_type NOT IN ('DDL_AUTO', 'DDL_LOG')
                AND s.tenant_hk IS NOT DISTINCT FROM v_pattern.tenant_hk AND s.execution_timestamp >= p_since
                -- Nothing is recorded before it began; the day allows for clocks that differ.
                AND s.load_date >= p_since - '1 day'::pg_catalog."interval"
            ORDER BY s.execution_timestamp DESC
            LIMIT 1000
        ) AS r;
        CONTINUE WHEN v_since_then > v_pattern.failures;
        v_after := NULL;
        IF v_completed > 0 THEN
            -- Of the last failures that succeeded later: how long after.
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM l.o_started_at - m.at)) INTO v_after
            FROM unnest(v_pattern.moments[v_pattern.failures - 9 : v_pattern.failures]) AS m (at)
            CROSS JOIN LATERAL script_tracking.later_operation(v_pattern.script_name, v_pattern.tenant_hk, m.at) AS l;
        END IF;
        kind := 'failure';
        subject := concat_ws(' ', v_pattern.script_name, v_pattern.object_identity);
        tenant_hk := v_pattern.tenant_hk;
        seconds := v_pattern.duration_ms / 1000;
        cases := v_pattern.failures;
        first_seen := v_pattern.moments[1];
        last_seen := v_pattern.last_seen;
        evidence := format('failed %s times: %s', v_pattern.failures,
                coalesce(script_tracking.failure_words(v_pattern.last_keys[1], v_pattern.last_load_date), 'no message'))
            || CASE WHEN v_pattern.is_ddl THEN ''
                WHEN v_completed = 0 THEN '; never completed in this time'
                ELSE format('; completed %s times%s, the last at %s', v_completed, CASE WHEN v_completed = 1000 THEN ' or more' END,
                    to_char(v_last_success AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')) END
            || CASE WHEN v_after IS NULL THEN '' ELSE format(', usually %s minutes after a failure', round(v_after / 60, 1)) END
            || CASE WHEN v_pattern.read_since IS NULL THEN '' ELSE '; only failures since '
                || to_char(v_pattern.read_since AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') || ' were read' END;
        statement := 'dbtrack show ' || left(encode(v_pattern.last_keys[1], 'hex'), 12);
        execution_keys := v_pattern.last_keys;
        RETURN NEXT;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.advise_repeated_failures(pg_catalog.bytea, pg_catalog.timestamptz) IS
    'What failed at least three times with the same error, how long that took, and when it succeeds';
