-- Returns how long the same as one execution usually takes: the completed operations of its name, or the captured
-- commands of its tag on its first object, of its tenant, in the 90 days before it began. An index on the names of
-- operations finds the former, of which the latest 1,000 count. For the latter the latest 10,000 executions are looked at:
-- the names of captured commands have no index, which capture would pay for. The execution itself does not count. Fewer
-- than three others are nothing usual.
CREATE OR REPLACE FUNCTION script_tracking.usual_duration(execution_key pg_catalog.bytea)
RETURNS TABLE (
    subject pg_catalog.text,
    executions pg_catalog.int8,
    p50_ms pg_catalog."numeric",
    p95_ms pg_catalog."numeric",
    since pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE STRICT ROWS 1
SET search_path = pg_catalog, pg_temp
-- The planner leaves out the months that the range does not touch.
SET plan_cache_mode = force_custom_plan
SET jit = off
-- Rows in the order of an index end at the limit.
SET enable_bitmapscan = off
AS $function$
#variable_conflict use_column
DECLARE
    v_this script_tracking.script_execution_s;
    v_since pg_catalog.timestamptz;
    v_durations pg_catalog."numeric"[];
BEGIN
    SELECT v.* INTO v_this
    FROM script_tracking.execution_versions(usual_duration.execution_key) AS v
    WHERE v.load_end_date IS NULL;
    IF v_this.script_execution_hk IS NULL THEN
        RETURN;
    END IF;
    v_since := v_this.execution_timestamp - pg_catalog."interval" '90 days';
    IF v_this.script_type NOT IN ('DDL_AUTO', 'DDL_LOG') THEN
        SELECT array_agg(r.duration_ms), CASE WHEN count(*) = 1000 THEN min(r.execution_timestamp) ELSE v_since END
        INTO v_durations, v_since
        FROM (
            SELECT s.execution_timestamp, CASE WHEN jsonb_typeof(s.metadata -> 'duration_us') = 'number'
                THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001 ELSE s.execution_duration_ms END AS duration_ms
            FROM script_tracking.script_execution_s AS s
            WHERE s.load_end_date IS NULL AND s.execution_status = 'COMPLETED'
                AND s.script_type NOT IN ('DDL_AUTO', 'DDL_LOG') AND s.script_type = v_this.script_type
                AND s.script_name = v_this.script_name AND s.tenant_hk IS NOT DISTINCT FROM v_this.tenant_hk
                AND s.execution_timestamp >= v_since AND s.execution_timestamp < v_this.execution_timestamp
                -- Nothing is recorded before it began; the day allows for clocks that differ.
                AND s.load_date >= v_since - pg_catalog."interval" '1 day'
                AND s.execution_duration_ms IS NOT NULL
            ORDER BY s.execution_timestamp DESC
            LIMIT 1000
        ) AS r;
    ELSE
        SELECT array_agg(CASE WHEN jsonb_typeof(r.metadata -> 'duration_us') = 'number'
                THEN (r.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001 ELSE r.execution_duration_ms END)
                FILTER (WHERE r.is_alike),
            CASE WHEN count(*) = 10000 THEN min(r.execution_timestamp) ELSE v_since END
        INTO v_durations, v_since
        FROM (
            SELECT s.metadata, s.execution_duration_ms, s.execution_timestamp,
                s.execution_status = 'COMPLETED' AND s.script_type = 'DDL_AUTO' AND s.script_name = v_this.script_name
                AND s.affected_objects[1] IS NOT DISTINCT FROM v_this.affected_objects[1]
                AND s.tenant_hk IS NOT DISTINCT FROM v_this.tenant_hk
                AND s.execution_duration_ms IS NOT NULL AS is_alike
            FROM script_tracking.script_execution_s AS s
            WHERE s.load_end_date IS NULL AND s.execution_timestamp >= v_since
                AND s.execution_timestamp < v_this.execution_timestamp
                AND s.load_date >= v_since - pg_catalog."interval" '1 day'
            ORDER BY s.execution_timestamp DESC
            LIMIT 10000
        ) AS r;
    END IF;
    RETURN QUERY
    SELECT concat_ws(' ', v_this.script_name,
            CASE WHEN v_this.script_type IN ('DDL_AUTO', 'DDL_LOG') THEN v_this.affected_objects[1] END),
        count(*), round(percentile_disc(0.5) WITHIN GROUP (ORDER BY d.duration_ms), 3),
        round(percentile_disc(0.95) WITHIN GROUP (ORDER BY d.duration_ms), 3), v_since
    FROM unnest(v_durations) AS d (duration_ms)
    HAVING count(*) >= 3;
END
$function$;

COMMENT ON FUNCTION script_tracking.usual_duration(pg_catalog.bytea) IS
    'How long the same as one execution usually takes, by the 90 days before it; no row where fewer than three ran';
