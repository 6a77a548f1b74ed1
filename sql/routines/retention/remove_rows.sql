-- Removes one batch of old rows if a whole month cannot be dropped. It starts from the satellite, whose primary key is
-- in order of time.
-- p_is_overdue: the cutoff is that of a rule retention.most*, for the executions of a tenant, of a type or of a class (all NULL: all).
-- Then only what must be kept stays.
CREATE OR REPLACE FUNCTION script_tracking.remove_rows(
    p_cutoff pg_catalog.timestamptz,
    p_most_rows pg_catalog.int8,
    p_is_overdue pg_catalog.bool,
    p_tenant_hk pg_catalog.bytea,
    p_script_type pg_catalog.text,
    p_class_name pg_catalog.text,
    OUT o_executions pg_catalog.int8,
    OUT o_rows pg_catalog.int8
)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
    WITH RECURSIVE rule AS MATERIALIZED (
        SELECT r.tenant_hk, r.script_type, r.kept_since, false AS is_of_all FROM script_tracking.retention_rules() AS r
        WHERE NOT p_is_overdue
        UNION ALL
        SELECT o.tenant_hk, o.script_type, o.kept_since, o.tenant_hk IS NULL AND o.script_type IS NULL
        FROM script_tracking.obliged_executions() AS o
        WHERE p_is_overdue
    ), kept AS MATERIALIZED (
        SELECT k.script_execution_hk FROM script_tracking.kept_class_executions() AS k
    ), member AS MATERIALIZED (
        SELECT m.script_execution_hk FROM script_tracking.class_executions(ARRAY[p_class_name]) AS m WHERE p_class_name IS NOT NULL
    ), counting AS MATERIALIZED (
        SELECT c.* FROM script_tracking.counting_state() AS c
    ), doomed AS MATERIALIZED (
        SELECT s.script_execution_hk, s.load_date, s.load_end_date
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date < p_cutoff AND NOT EXISTS (
            SELECT FROM script_tracking.open_execution AS o WHERE o.script_execution_hk = s.script_execution_hk)
            AND (p_tenant_hk IS NULL OR s.tenant_hk = p_tenant_hk) AND (p_script_type IS NULL OR s.script_type = p_script_type)
            -- All versions have the time of the first.
            AND NOT EXISTS (SELECT FROM rule AS r WHERE (r.is_of_all OR r.tenant_hk = s.tenant_hk OR r.script_type = s.script_type)
                AND s.execution_timestamp >= r.kept_since)
            -- NOT IN: a filter, so that the rows still come in their order. No key is NULL.
            AND s.script_execution_hk NOT IN (SELECT k.script_execution_hk FROM kept AS k)
            AND (p_class_name IS NULL OR s.script_execution_hk IN (SELECT m.script_execution_hk FROM member AS m))
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

COMMENT ON FUNCTION script_tracking.remove_rows(
    pg_catalog.timestamptz, pg_catalog.int8, pg_catalog.bool, pg_catalog.bytea, pg_catalog.text, pg_catalog.text) IS
    'Removes one batch of executions that started before the cutoff';
