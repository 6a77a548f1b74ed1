-- Returns when the oldest transaction began that the snapshot does not see and that has an id: infinity if there is
-- none, NULL if this cannot be determined.
-- A writer gets its id before the time of its rows, so a transaction that gets an id after the snapshot writes rows
-- with later times.
CREATE OR REPLACE FUNCTION script_tracking.writers_since(p_snapshot pg_catalog.pg_snapshot)
RETURNS pg_catalog.timestamptz
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_since pg_catalog.timestamptz;
    v_is_hidden pg_catalog.bool;
    v_later pg_catalog.pg_snapshot;
BEGIN
    PERFORM pg_stat_clear_snapshot();
    SELECT coalesce(min(w.began_at), 'infinity'), coalesce(bool_or(w.began_at IS NULL), false)
    INTO v_since, v_is_hidden
    FROM (
        SELECT a.xact_start AS began_at
        FROM pg_catalog.pg_stat_activity AS a
        WHERE a.datname = current_database() AND a.backend_xid IS NOT NULL AND a.pid <> pg_backend_pid()
        UNION ALL
        -- The server does not store when a prepared transaction began: at most a day before it was prepared, as for the
        -- seals.
        SELECT p.prepared - '1 day'::pg_catalog."interval"
        FROM pg_catalog.pg_prepared_xacts AS p WHERE p.database = current_database()
    ) AS w;
    -- A transaction that ended between the snapshot and the query of the sessions was not found there, and its
    -- beginning is unknown.
    v_later := pg_current_snapshot();
    IF v_is_hidden OR pg_snapshot_xmax(v_later) > pg_snapshot_xmax(p_snapshot) OR EXISTS (
        SELECT FROM pg_snapshot_xip(p_snapshot) AS x (id) WHERE pg_visible_in_snapshot(x.id, v_later)) THEN
        RETURN NULL;
    END IF;
    RETURN v_since;
END
$function$;

COMMENT ON FUNCTION script_tracking.writers_since(pg_catalog.pg_snapshot) IS
    'When the oldest writer began that a snapshot does not see; infinity: there is none, NULL: unknown';
