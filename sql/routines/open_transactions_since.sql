-- A moment before which no transaction that has no id yet can have written a record; NULL where that cannot be told,
-- because a session hides when its transaction began.
CREATE OR REPLACE FUNCTION script_tracking.open_transactions_since()
RETURNS pg_catalog.timestamptz
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- First the clock, then the sessions: who begins in between begins after it.
    v_now CONSTANT pg_catalog.timestamptz := clock_timestamp();
    v_oldest pg_catalog.timestamptz;
    v_is_hidden pg_catalog.bool;
BEGIN
    PERFORM pg_stat_clear_snapshot();
    SELECT min(a.xact_start), bool_or(a.xact_start IS NULL AND (a.backend_xid IS NOT NULL
        OR (a.backend_xmin IS NOT NULL AND a.backend_type <> 'walsender')))
    INTO v_oldest, v_is_hidden
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.datname = current_database() AND a.backend_type <> 'autovacuum worker';
    IF v_is_hidden THEN
        RETURN NULL;
    END IF;
    -- Ten seconds for a clock that is set back a little; more than that is noticed, and the rollups are built anew.
    RETURN least(v_oldest, v_now) - '10 seconds'::pg_catalog."interval";
END
$function$;

COMMENT ON FUNCTION script_tracking.open_transactions_since() IS
    'A moment before which no transaction that gets its id from now on can have written a record; NULL: unknown';
