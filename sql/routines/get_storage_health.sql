-- Whether there is a partition for what comes, and whether anything fell beside them.
CREATE OR REPLACE FUNCTION script_tracking.get_storage_health()
RETURNS TABLE (
    health_category pg_catalog.text,
    health_metric pg_catalog.text,
    current_status pg_catalog.text,
    details pg_catalog.text
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- Partition bounds are read as text, and the plan must open no partition but the default one.
SET DateStyle = 'ISO'
SET plan_cache_mode = force_custom_plan
AS $function$
#variable_conflict use_column
DECLARE
    v_first pg_catalog.timestamptz;
    v_end pg_catalog.timestamptz;
    v_months_ahead pg_catalog.int8;
    v_rows pg_catalog.int8;
    v_size_bytes pg_catalog."numeric";
BEGIN
    SELECT max(t.first_bound), min(t.last_bound), coalesce(min(t.months_ahead), 0), sum(t.size_bytes)
    INTO v_first, v_end, v_months_ahead, v_size_bytes
    FROM (
        SELECT min(b.lower_bound) AS first_bound, max(b.upper_bound) AS last_bound,
            count(*) FILTER (WHERE b.lower_bound > statement_timestamp()) AS months_ahead,
            sum(pg_total_relation_size(p.relid)) AS size_bytes
        FROM (VALUES ('script_execution_h'), ('script_execution_s'), ('script_execution_parent_l')) AS expected (name)
        CROSS JOIN LATERAL pg_partition_tree(format('script_tracking.%I', expected.name)::pg_catalog.regclass) AS p
        JOIN pg_catalog.pg_class AS c ON c.oid = p.relid
        CROSS JOIN LATERAL (
            SELECT substring(d.definition FROM 'FROM \(''([^'']+)''\)')::pg_catalog.timestamptz AS lower_bound,
                substring(d.definition FROM 'TO \(''([^'']+)''\)')::pg_catalog.timestamptz AS upper_bound
            FROM pg_get_expr(c.relpartbound, c.oid) AS d (definition)
        ) AS b
        WHERE p.isleaf
        GROUP BY expected.name
    ) AS t;
    RETURN QUERY SELECT 'storage', 'partitions_ahead',
        CASE WHEN v_months_ahead > 0 THEN 'OK' ELSE 'WARNING' END,
        format('%s months ahead', v_months_ahead)
            || CASE WHEN v_months_ahead > 0 THEN '' ELSE '; run: dbtrack maintain' END;
    -- Enough to say that there are some: counting millions would make the report slow when it is needed most.
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
    RETURN QUERY SELECT 'storage', 'tracking_size', 'OK', pg_size_pretty(v_size_bytes);
END
$function$;

COMMENT ON FUNCTION script_tracking.get_storage_health() IS 'The part of get_system_health that is about storage';
