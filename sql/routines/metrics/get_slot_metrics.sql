-- Returns the metrics of the replication slots of the server; no row where there are none.
CREATE OR REPLACE FUNCTION script_tracking.get_slot_metrics()
RETURNS TABLE (
    metric_family pg_catalog.text,
    metric_type pg_catalog.text,
    metric_help pg_catalog.text,
    metric_name pg_catalog.text,
    labels pg_catalog.jsonb,
    metric_value pg_catalog."numeric"
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT m.name, 'gauge', m.help, m.name, jsonb_build_object('slot', s.slot_name, 'kind', s.slot_kind), m.value
    FROM script_tracking.replication_slots() AS s
    CROSS JOIN LATERAL (VALUES
        ('dbtrack_slot_retained_wal_bytes', 'How much log a replication slot keeps from being removed.', s.retained_bytes),
        ('dbtrack_slot_wal_limit_bytes', 'At how much log the slot is lost (max_slot_wal_keep_size); 0: never.',
            coalesce(s.limit_bytes, 0)),
        ('dbtrack_slot_active', 'Whether a replication slot is read: 1 or 0.', s.is_active::pg_catalog.int4),
        ('dbtrack_slot_lost', 'Whether the log that a replication slot needs is removed: 1 or 0.',
            coalesce(s.is_lost, false)::pg_catalog.int4)) AS m (name, help, value)
    WHERE m.value IS NOT NULL
    ORDER BY m.name
$function$;

COMMENT ON FUNCTION script_tracking.get_slot_metrics() IS 'The part of get_metrics that is about replication slots';
