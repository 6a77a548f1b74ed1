-- Creates the partitions of the months of rows that arrive. If another transaction writes to the tables just now, the rows
-- go into the default partition, where every report finds them.
CREATE OR REPLACE FUNCTION script_tracking.vault_months(p_rows pg_catalog.json)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
AS $function$
DECLARE
    v_month pg_catalog.text;
BEGIN
    FOR v_month IN
        SELECT DISTINCT to_char(r.load_date, 'YYYY_MM') FROM json_to_recordset(p_rows) AS r (load_date pg_catalog.timestamptz)
        WHERE r.load_date < now() + '1 month'::pg_catalog."interval"
    LOOP
        IF NOT script_tracking.is_partition('script_execution_s', 'script_execution_s_' || v_month) THEN
            BEGIN
                PERFORM script_tracking.ensure_month(v_month);
            EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
                NULL;
            END;
        END IF;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.vault_months(pg_catalog.json) IS
    'Creates the partitions of the months of rows that arrive; for the functions of this schema';
