-- Returns a moment before which the record is complete in the caller's snapshot: the calling statement sees every row
-- that will ever have an earlier load_date. Returns NULL if that cannot be determined now; a later call may succeed.
CREATE OR REPLACE FUNCTION script_tracking.complete_before()
RETURNS pg_catalog.timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    -- The seal's position is valid for every snapshot that sees it.
    v_sealed_before CONSTANT pg_catalog.timestamptz := (SELECT s.sealed_before FROM script_tracking.seal_state AS s);
    v_writers_since pg_catalog.timestamptz;
BEGIN
    -- Only a new snapshot shows which transactions have ended since this one was taken, and only READ COMMITTED takes
    -- new ones. A snapshot on a standby does not list the running transactions.
    IF pg_is_in_recovery()
        OR current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RETURN v_sealed_before;
    END IF;
    v_writers_since := script_tracking.writers_since(pg_current_snapshot());
    IF v_writers_since IS NULL THEN
        RETURN v_sealed_before;
    END IF;
    -- The statement began before its snapshot was taken. The minute allows for a clock that is set back.
    RETURN greatest(v_sealed_before,
        least(statement_timestamp(), v_writers_since) - '1 minute'::pg_catalog."interval");
END
$function$;

COMMENT ON FUNCTION script_tracking.complete_before() IS
    'A moment before which no new row can appear: an incremental load reads the rows with an earlier load_date; '
    'NULL: this cannot be determined now';
