-- Removes one batch of old rows if a whole month cannot be dropped. It starts from the satellite, whose primary key is
-- in order of time.
CREATE OR REPLACE FUNCTION script_tracking.remove_rows(
    p_cutoff pg_catalog.timestamptz,
    p_most_rows pg_catalog.int8,
    OUT o_executions pg_catalog.int8,
    OUT o_rows pg_catalog.int8
)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
    WITH RECURSIVE rule AS MATERIALIZED (
        SELECT r.* FROM script_tracking.retention_rules() AS r
    ), counting AS MATERIALIZED (
        SELECT c.* FROM script_tracking.counting_state() AS c
    ), doomed AS MATERIALIZED (
        SELECT s.script_execution_hk, s.load_date, s.load_end_date
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date < p_cutoff AND NOT EXISTS (
            SELECT FROM script_tracking.open_execution AS o WHERE o.script_execution_hk = s.script_execution_hk)
            -- All versions have the time of the first.
            AND NOT EXISTS (SELECT FROM rule AS r WHERE (r.tenant_hk = s.tenant_hk OR r.script_type = s.script_type)
                AND s.execution_timestamp >= r.kept_since)
            -- What arrived a moment ago is removed once the metrics have counted it.
            AND NOT EXISTS (SELECT FROM counting AS c WHERE s.recorded_by = ANY (c.o_counted_without)
                OR (s.recorded_by >= c.o_counted_before AND s.recorded_by < c.o_next_id))
        ORDER BY s.load_date
        LIMIT p_most_rows
    ), late AS (
        -- Versions written after the cutoff: each begins where the one before ends.
        SELECT s.script_execution_hk, s.load_date, s.load_end_date
        FROM doomed AS d
        JOIN script_tracking.script_execution_s AS s
            ON s.load_date = d.load_end_date AND s.script_execution_hk = d.script_execution_hk
        WHERE d.load_end_date >= p_cutoff
        UNION ALL
        SELECT s.script_execution_hk, s.load_date, s.load_end_date
        FROM late AS l
        JOIN script_tracking.script_execution_s AS s
            ON s.load_date = l.load_end_date AND s.script_execution_hk = l.script_execution_hk
    ), old_version AS (
        DELETE FROM script_tracking.script_execution_s AS s USING doomed AS d
        WHERE s.load_date = d.load_date AND s.script_execution_hk = d.script_execution_hk
        RETURNING s.execution_timestamp, s.load_date
    ), late_version AS (
        DELETE FROM script_tracking.script_execution_s AS s USING late AS l
        WHERE s.load_date = l.load_date AND s.script_execution_hk = l.script_execution_hk
    ), gap AS MATERIALIZED (
        -- Late versions have the time of those before them.
        SELECT script_tracking.open_rollup_gap(min(o.execution_timestamp), max(o.execution_timestamp)),
            script_tracking.forget_search(array_agg(o.load_date))
        FROM old_version AS o
    ), link AS (
        DELETE FROM script_tracking.script_execution_parent_l AS l USING doomed AS d
        WHERE l.load_date = d.load_date
            AND d.script_execution_hk IN (l.child_execution_hk, l.parent_execution_hk)
    ), hub AS (
        DELETE FROM script_tracking.script_execution_h AS h USING doomed AS d
        WHERE h.load_date = d.load_date AND h.script_execution_hk = d.script_execution_hk
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM hub), (SELECT count(*) FROM doomed) FROM gap
$function$;

COMMENT ON FUNCTION script_tracking.remove_rows(pg_catalog.timestamptz, pg_catalog.int8) IS
    'Removes one batch of executions that started before the cutoff';
