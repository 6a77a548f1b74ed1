-- A moment before which the record is complete in the caller's snapshot: all rows with an earlier load_date that will ever
-- be are seen by the statement that asks. NULL where that cannot be told now; the next call may know.
CREATE OR REPLACE FUNCTION script_tracking.complete_before()
RETURNS pg_catalog.timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    -- How far the record is sealed holds for every snapshot that sees it.
    v_sealed_before CONSTANT pg_catalog.timestamptz := (SELECT s.sealed_before FROM script_tracking.seal_state AS s);
    v_writers_since pg_catalog.timestamptz;
BEGIN
    -- Nothing but a new snapshot tells who has ended since this one was taken, and only read committed has new ones. A
    -- snapshot of a standby does not name the transactions that run.
    IF pg_is_in_recovery()
        OR current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RETURN v_sealed_before;
    END IF;
    v_writers_since := script_tracking.writers_since(pg_current_snapshot());
    IF v_writers_since IS NULL THEN
        RETURN v_sealed_before;
    END IF;
    -- The statement began before its snapshot was taken. A minute for a clock that is set back.
    RETURN greatest(v_sealed_before,
        least(statement_timestamp(), v_writers_since) - '1 minute'::pg_catalog."interval");
END
$function$;

COMMENT ON FUNCTION script_tracking.complete_before() IS
    'A moment before which no row can appear any more: an incremental load takes the rows with an earlier load_date; '
    'NULL: it cannot be told now';
