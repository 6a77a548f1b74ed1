-- Removes one batch of versions of objects that are older than the cutoff, and of which no part is the newest of its kind. So what every
-- object looks like remains known, and that one was dropped.
CREATE OR REPLACE FUNCTION script_tracking.remove_versions(
    p_cutoff pg_catalog.timestamptz,
    p_most_rows pg_catalog.int8
)
RETURNS pg_catalog.int8
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
    WITH kept AS MATERIALIZED (
        -- By their versions it is known that these changed something classified.
        SELECT k.script_execution_hk FROM script_tracking.kept_class_executions() AS k
    ), doomed AS MATERIALIZED (
        SELECT s.object_hk, s.load_date, s.script_execution_hk
        FROM script_tracking.object_s AS s
        WHERE s.load_date < p_cutoff AND s.script_execution_hk NOT IN (SELECT k.script_execution_hk FROM kept AS k) AND NOT EXISTS (
            SELECT FROM jsonb_object_keys(s.definition) AS k (part)
            WHERE NOT EXISTS (
                SELECT FROM script_tracking.object_s AS n
                WHERE n.object_hk = s.object_hk AND n.load_date >= s.load_date
                    AND (n.load_date, n.version_number) > (s.load_date, s.version_number)
                    AND (n.definition ? k.part OR n.definition ? 'object')))
        ORDER BY s.load_date
        LIMIT p_most_rows
    ), removed AS (
        DELETE FROM script_tracking.object_s AS s USING doomed AS d
        WHERE s.object_hk = d.object_hk AND s.load_date = d.load_date AND s.script_execution_hk = d.script_execution_hk
        RETURNING 1
    )
    SELECT count(*) FROM removed
$function$;

COMMENT ON FUNCTION script_tracking.remove_versions(pg_catalog.timestamptz, pg_catalog.int8) IS
    'Removes one batch of versions of objects that newer ones replaced';
