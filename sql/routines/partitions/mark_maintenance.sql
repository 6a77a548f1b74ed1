-- Sets or clears the mark by which capture recognises the DDL of dbtrack's own maintenance: some ten commands for each
-- partition, for which record_partitions records one execution. The session cannot write the mark, because it is
-- authenticated.
CREATE OR REPLACE FUNCTION script_tracking.mark_maintenance(p_is_on pg_catalog.bool)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM set_config('dbtrack.ddl_maintenance',
        CASE WHEN p_is_on THEN script_tracking.capture_digest('maintenance') ELSE '' END, true);
END
$function$;

COMMENT ON FUNCTION script_tracking.mark_maintenance(pg_catalog.bool) IS
    'Marks the DDL that follows as dbtrack''s own maintenance; for the functions of this schema';
