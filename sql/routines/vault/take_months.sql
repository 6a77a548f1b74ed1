-- Creates the partitions of months whose rows a source is about to send, given as YYYY_MM, in a transaction of its own: the
-- locks that this takes would stop, and could deadlock with, the sources that write at the same time. If the tables are in
-- use for too long, the rows go into the default partition, where every report finds them.
CREATE OR REPLACE FUNCTION script_tracking.take_months(p_months pg_catalog.text[])
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
AS $function$
DECLARE
    v_month pg_catalog.text;
BEGIN
    FOREACH v_month IN ARRAY p_months LOOP
        -- Nobody can have it fill the schema with partitions.
        -- Infinity has no month.
        IF (v_month ~ '^20[0-9][0-9]_(0[1-9]|1[0-2])$') IS NOT TRUE
            OR to_date(v_month, 'YYYY_MM') > now() + '1 month'::pg_catalog."interval" THEN
            CONTINUE;
        END IF;
        FOR v_try IN 1..20 LOOP
            EXIT WHEN script_tracking.is_partition('script_execution_s', 'script_execution_s_' || v_month)
                AND script_tracking.is_partition('object_s', 'object_s_' || v_month);
            BEGIN
                PERFORM script_tracking.ensure_month(v_month);
            EXCEPTION WHEN lock_not_available OR deadlock_detected OR duplicate_table OR unique_violation THEN
                PERFORM pg_sleep(0.05);
            END;
        END LOOP;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.take_months(pg_catalog.text[]) IS
    'Creates the partitions of the months that a source is about to send; for the functions of this schema';
