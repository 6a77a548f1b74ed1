-- Records the waits for locks that a server log reports, and joins those whose execution is recorded to it. waits is an
-- array of objects: entry_hash, logged_at, wait_state (waiting, acquired, failed), waited_ms, backend_pid,
-- db_session_user, application_name, lock_mode, lock_target, holder_pids, statement. An entry that was read before is
-- left out. Returns how many entries were new. For administrators only, who vouch for the log.
CREATE OR REPLACE FUNCTION script_tracking.ingest_lock_waits(waits pg_catalog.jsonb)
RETURNS pg_catalog.int4
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET standard_conforming_strings = on
AS $function$
DECLARE
    v_now CONSTANT pg_catalog.timestamptz := clock_timestamp();
    v_mode CONSTANT pg_catalog.text := script_tracking.current_setting_value('redaction.mode');
    v_new pg_catalog.int4;
BEGIN
    WITH entry AS MATERIALIZED (
        SELECT DISTINCT ON (e.entry_hash) decode(e.entry_hash, 'hex') AS hash, e.*
        FROM jsonb_to_recordset(waits) AS e (
            entry_hash pg_catalog.text, logged_at pg_catalog.timestamptz, wait_state pg_catalog.text,
            waited_ms pg_catalog."numeric", backend_pid pg_catalog.int4, db_session_user pg_catalog.text,
            application_name pg_catalog.text, lock_mode pg_catalog.text, lock_target pg_catalog.text,
            holder_pids pg_catalog.int4[], statement pg_catalog.text)
        ORDER BY e.entry_hash
    ), fresh AS (
        INSERT INTO script_tracking.logged_entry (entry_hash, load_date)
        SELECT e.hash, v_now FROM entry AS e ORDER BY e.hash
        ON CONFLICT ON CONSTRAINT logged_entry_pkey DO NOTHING
        RETURNING entry_hash
    ), written AS (
        INSERT INTO script_tracking.logged_wait
            (entry_hash, load_date, logged_at, wait_state, waited_ms, backend_pid, db_session_user, application_name, lock_mode,
             lock_target, holder_pids, statement)
        SELECT e.hash, v_now, e.logged_at, e.wait_state, e.waited_ms, e.backend_pid, left(e.db_session_user, 63),
            script_tracking.redact_message(e.application_name), left(e.lock_mode, 40), left(e.lock_target, 300),
            coalesce(e.holder_pids, '{}'), script_tracking.redact_statement(e.statement, v_mode, 10000)
        FROM entry AS e
        JOIN fresh AS f ON f.entry_hash = e.hash
        RETURNING 1
    )
    SELECT count(*) INTO v_new FROM written;
    PERFORM script_tracking.link_logged_waits();
    RETURN v_new;
END
$function$;

COMMENT ON FUNCTION script_tracking.ingest_lock_waits(pg_catalog.jsonb) IS
    'Records the waits for locks that a server log reports; for administrators, who vouch for the log';
