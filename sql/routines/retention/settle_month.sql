-- Waits, for a moment only, until nobody has uncommitted rows in one month's partitions. Later writers write rows of
-- their own time, so older rows are complete, and an archive of them misses nothing.
CREATE OR REPLACE FUNCTION script_tracking.settle_month(p_month pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '30ms'
AS $function$
DECLARE
    v_partition pg_catalog.text;
BEGIN
    FOR v_partition IN
        SELECT c.relname
        FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent IN ('script_tracking.script_execution_h'::pg_catalog.regclass,
                'script_tracking.script_execution_s'::pg_catalog.regclass,
                'script_tracking.script_execution_parent_l'::pg_catalog.regclass)
            AND (right(c.relname, 8) = '_' || p_month OR c.relname LIKE '%\_default')
        ORDER BY 1
    LOOP
        EXECUTE format('LOCK TABLE script_tracking.%I IN SHARE MODE', v_partition);
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.settle_month(pg_catalog.text) IS
    'Waits a moment until nobody has uncommitted rows in the partitions of a month, given as YYYY_MM';
