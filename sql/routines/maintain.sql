-- All periodic work, one row a task. Safe to run at any time and twice at once: the second says so and does nothing.
CREATE OR REPLACE FUNCTION script_tracking.maintain()
RETURNS TABLE (task pg_catalog.text, outcome pg_catalog.text, details pg_catalog.text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
-- The lock on a default partition would make DDL wait behind it.
SET lock_timeout = '200ms'
AS $function$
DECLARE
    v_made pg_catalog.text[];
BEGIN
    -- A row, not an advisory lock: that, any user could hold.
    PERFORM FROM script_tracking.installation AS i WHERE i.property_name = 'lock.maintain' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'maintain', 'skipped', 'another maintain is running';
        RETURN;
    END IF;
    BEGIN
        v_made := ARRAY(SELECT p FROM script_tracking.ensure_partitions() AS p);
        RETURN QUERY SELECT 'partitions', 'done', format('%s made', cardinality(v_made));
    EXCEPTION WHEN lock_not_available THEN
        RETURN QUERY SELECT 'partitions', 'postponed', 'a lock was not to be had within 200 ms; the next run tries again';
    END;
    RETURN QUERY SELECT 'abandoned', 'done', format('%s closed', script_tracking.close_abandoned());
    RETURN QUERY SELECT 'receipts', 'done', format('%s removed', script_tracking.remove_spool_receipts());
END
$function$;

COMMENT ON FUNCTION script_tracking.maintain() IS 'All periodic work: partitions ahead, abandoned executions; one row a task';
