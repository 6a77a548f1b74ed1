-- Returns whether a table of this schema is a partition of another one; a detached one is not.
CREATE OR REPLACE FUNCTION script_tracking.is_partition(p_parent pg_catalog.text, p_partition pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT EXISTS (
        SELECT FROM pg_catalog.pg_inherits AS i
        WHERE i.inhparent = to_regclass(format('script_tracking.%I', p_parent))
            AND i.inhrelid = to_regclass(format('script_tracking.%I', p_partition)))
$function$;

COMMENT ON FUNCTION script_tracking.is_partition(pg_catalog.text, pg_catalog.text) IS
    'Whether a table of this schema is a partition of another one';
