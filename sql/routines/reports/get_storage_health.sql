-- Reports whether there are partitions for future rows, and whether any row is in a default partition.
CREATE OR REPLACE FUNCTION script_tracking.get_storage_health()
RETURNS TABLE (
    health_category pg_catalog.text,
    health_metric pg_catalog.text,
    current_status pg_catalog.text,
    details pg_catalog.text
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
-- The plan must open only the default partition.
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_first pg_catalog.timestamptz;
    v_end pg_catalog.timestamptz;
    v_months_ahead pg_catalog.int8;
    v_rows pg_catalog.int8;
BEGIN
    -- By the names that ensure_partitions gives: asking for the bounds of each partition would take longer than
    -- everything else.
    SELECT max(t.first_bound), min(t.last_bound), coalesce(min(t.months_ahead), 0)
    INTO v_first, v_end, v_months_ahead
    FROM (
        SELECT min(m.month_start) AS first_bound, max(m.month_start) + '1 month'::pg_catalog."interval" AS last_bound,
            count(*) FILTER (WHERE m.month_start > statement_timestamp()) AS months_ahead
        FROM (VALUES ('script_execution_h'), ('script_execution_s'), ('script_execution_parent_l')) AS expected (name)
        LEFT JOIN (
            SELECT left(c.relname, -8) AS name, to_date(right(c.relname, 7), 'YYYY_MM')::pg_catalog.timestamptz AS month_start
            FROM pg_catalog.pg_inherits AS i
            JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
            WHERE i.inhparent = ANY (ARRAY['script_tracking.script_execution_h', 'script_tracking.script_execution_s',
                    'script_tracking.script_execution_parent_l']::pg_catalog.regclass[])
                AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
        ) AS m ON m.name = expected.name
        GROUP BY expected.name
    ) AS t;
    RETURN QUERY SELECT 'storage', 'partitions_ahead',
        CASE WHEN v_months_ahead > 0 THEN 'OK' ELSE 'WARNING' END,
        format('%s months ahead', v_months_ahead)
            || CASE WHEN v_months_ahead > 0 THEN '' ELSE '; run: dbtrack maintain' END;
    -- Enough to show that there are some: counting millions would make the report slow when it is needed most.
    SELECT count(*) INTO v_rows
    FROM (
        SELECT
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date < v_first OR s.load_date >= v_end OR v_first IS NULL
        LIMIT 10000
    ) AS outside;
    RETURN QUERY SELECT 'storage', 'default_partition_rows',
        CASE WHEN v_rows = 0 THEN 'OK' ELSE 'WARNING' END,
        format('%s%s rows outside the months'' partitions', v_rows, CASE WHEN v_rows = 10000 THEN ' or more' END)
            || CASE WHEN v_rows = 0 THEN '' ELSE '; run: dbtrack maintain' END;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_storage_health() IS 'The part of get_system_health that is about storage';
