-- Builds the index of recorded_by for the months that lack it: those that existed when the column was added. Nobody
-- records anything there, so nobody waits. Returns how many it built.
CREATE OR REPLACE FUNCTION script_tracking.index_months()
RETURNS pg_catalog.int4
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_partition pg_catalog.name;
    v_built pg_catalog.int4 := 0;
BEGIN
    FOR v_partition IN
        SELECT c.relname
        FROM pg_inherits AS i
        JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'script_tracking.script_execution_s'::pg_catalog.regclass AND NOT EXISTS (
            SELECT
            FROM pg_inherits AS a
            JOIN pg_index AS x ON x.indexrelid = a.inhrelid
            WHERE a.inhparent = 'script_tracking.idx_script_execution_s_recorded_by'::pg_catalog.regclass
                AND x.indrelid = i.inhrelid)
        ORDER BY c.relname DESC
    LOOP
        BEGIN
            EXECUTE format('CREATE INDEX %I ON script_tracking.%I (recorded_by, version_number) '
                'WHERE recorded_by IS NOT NULL', v_partition || '_recorded_by', v_partition);
            EXECUTE format('ALTER INDEX script_tracking.idx_script_execution_s_recorded_by '
                'ATTACH PARTITION script_tracking.%I', v_partition || '_recorded_by');
            v_built := v_built + 1;
        EXCEPTION WHEN lock_not_available THEN
            -- Somebody writes there after all; the next run builds it.
            CONTINUE;
        END;
    END LOOP;
    RETURN v_built;
END
$function$;

COMMENT ON FUNCTION script_tracking.index_months() IS
    'Builds the index of recorded_by for the months that lack it; returns how many it built';
