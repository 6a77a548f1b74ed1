-- Stores, for the next seal, a row that arrives after its time: the next seal otherwise looks only at times after those
-- that are sealed. A seal that is running now stops a minute before the oldest open transaction, which may be this one,
-- so a row that is at most half a minute late is on time.
CREATE OR REPLACE FUNCTION script_tracking.note_late_arrival(
    p_kind pg_catalog.text,
    p_key pg_catalog.bytea,
    p_load_date pg_catalog.timestamptz
)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    INSERT INTO script_tracking.late_arrival (load_date, record_hk, leaf_kind, arrived_at)
    SELECT p_load_date, p_key, p_kind, clock_timestamp()
    WHERE p_load_date < now() - '30 seconds'::pg_catalog."interval" AND EXISTS (SELECT FROM script_tracking.seal_state)
    ON CONFLICT ON CONSTRAINT late_arrival_pkey DO NOTHING
$function$;

COMMENT ON FUNCTION script_tracking.note_late_arrival(pg_catalog.text, pg_catalog.bytea, pg_catalog.timestamptz) IS
    'Stores a row that replication brings late, for the next seal';
