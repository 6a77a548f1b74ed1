-- Returns the disk space of the records with their indexes. Reads the size of every file of every month.
CREATE OR REPLACE FUNCTION script_tracking.get_storage_size()
RETURNS pg_catalog.int8
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT sum(pg_total_relation_size(i.inhrelid))::pg_catalog.int8
    FROM pg_catalog.pg_inherits AS i
    WHERE i.inhparent = ANY (ARRAY['script_tracking.script_execution_h', 'script_tracking.script_execution_s',
        'script_tracking.script_execution_parent_l']::pg_catalog.regclass[])
$function$;

COMMENT ON FUNCTION script_tracking.get_storage_size() IS 'The disk space of the records with their indexes, in bytes';
