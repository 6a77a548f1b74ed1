-- What the records take on disk, with their indexes. Asks for every file of every month.
CREATE OR REPLACE FUNCTION script_tracking.get_storage_size()
RETURNS pg_catalog.int8
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT sum(pg_total_relation_size(p.relid))::pg_catalog.int8
    FROM (VALUES ('script_execution_h'), ('script_execution_s'), ('script_execution_parent_l')) AS expected (name)
    CROSS JOIN LATERAL pg_partition_tree(format('script_tracking.%I', expected.name)::pg_catalog.regclass) AS p
    WHERE p.isleaf
$function$;

COMMENT ON FUNCTION script_tracking.get_storage_size() IS 'What the records take on disk, with their indexes, in bytes';
