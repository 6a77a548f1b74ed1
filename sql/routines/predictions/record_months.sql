-- Returns the months for which the record has partitions, and the bytes of these with their indexes.
CREATE OR REPLACE FUNCTION script_tracking.record_months(p_since pg_catalog.timestamptz DEFAULT NULL)
RETURNS TABLE (month_start pg_catalog.timestamptz, parent_count pg_catalog.int8, bytes pg_catalog."numeric")
LANGUAGE sql STABLE ROWS 30
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
AS $function$
    SELECT m.month_start, count(DISTINCT m.inhparent), CASE WHEN p_since IS NOT NULL THEN sum(pg_total_relation_size(m.oid)) END
    FROM (
        -- By the names that ensure_partitions gives.
        SELECT i.inhparent, c.oid, to_date(right(c.relname, 7), 'YYYY_MM')::pg_catalog.timestamptz AS month_start
        FROM pg_inherits AS i
        JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = ANY (ARRAY['script_tracking.script_execution_h', 'script_tracking.script_execution_s',
                'script_tracking.script_execution_parent_l', 'script_tracking.seal_leaf', 'script_tracking.object_s'
            ]::pg_catalog.regclass[])
            AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
    ) AS m
    WHERE p_since IS NULL OR m.month_start >= p_since
    GROUP BY m.month_start
$function$;

COMMENT ON FUNCTION script_tracking.record_months(pg_catalog.timestamptz) IS
    'The months for which there are partitions, how many tables have one, and, of those since a moment, their bytes';
