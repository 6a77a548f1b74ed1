-- Begins an evaluation of the alerts: locks the cursor until the transaction ends, and returns what has been evaluated.
-- Returns no row if another evaluation is at work, unless the caller waits for it. seen is NULL where the snapshot means
-- nothing, as in a database that was restored: what was recorded since the moment is then evaluated again.
CREATE OR REPLACE FUNCTION script_tracking.begin_alert_evaluation(p_is_waiting pg_catalog.bool)
RETURNS TABLE (seen pg_catalog.pg_snapshot, since pg_catalog.timestamptz, current pg_catalog.pg_snapshot)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
#variable_conflict use_column
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'alerts are evaluated in a transaction of isolation level read committed' USING ERRCODE = 'DT006';
    END IF;
    IF p_is_waiting THEN
        PERFORM FROM script_tracking.alert_cursor AS c FOR UPDATE;
    ELSE
        PERFORM FROM script_tracking.alert_cursor AS c FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;
    RETURN QUERY
    SELECT CASE WHEN c.place = script_tracking.rollup_place() THEN c.seen END,
        coalesce(c.evaluated_at - '5 minutes'::pg_catalog."interval", clock_timestamp()), pg_current_snapshot()
    FROM script_tracking.alert_cursor AS c;
END
$function$;

COMMENT ON FUNCTION script_tracking.begin_alert_evaluation(pg_catalog.bool) IS
    'Locks the cursor of the alerts and returns what has been evaluated; no row: another evaluation is at work';
