-- Creates the missing partitions of the months, unless somebody holds a lock for longer than a few short waits. For
-- maintain, which sets how short.
CREATE OR REPLACE FUNCTION script_tracking.try_partitions(
    OUT o_outcome pg_catalog.text,
    OUT o_details pg_catalog.text
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    FOR v_attempt IN 1..5 LOOP
        BEGIN
            o_outcome := 'done';
            SELECT format('%s made', count(*)) INTO o_details FROM script_tracking.ensure_partitions();
            RETURN;
        EXCEPTION WHEN lock_not_available THEN
            -- The sessions that wait behind it continue meanwhile.
            PERFORM pg_sleep(0.1);
        END;
    END LOOP;
    o_outcome := 'postponed';
    o_details := 'somebody holds a lock on a default partition; the next run tries again';
END
$function$;

COMMENT ON FUNCTION script_tracking.try_partitions() IS
    'Creates the missing partitions of the months, unless a lock is unavailable in a few short attempts';
