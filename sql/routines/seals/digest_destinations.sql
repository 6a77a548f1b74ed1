-- Returns the destinations of digests, for the functions of this schema.
CREATE OR REPLACE FUNCTION script_tracking.digest_destinations()
RETURNS TABLE (
    destination_name pg_catalog.text,
    destination_kind pg_catalog.text,
    is_scheduled pg_catalog.bool,
    departs_every pg_catalog."interval",
    left_at pg_catalog.timestamptz,
    block_number pg_catalog.int8,
    retained_until pg_catalog.timestamptz,
    digest_lag pg_catalog."interval",
    failures pg_catalog.int4,
    last_failure pg_catalog.text,
    next_attempt_at pg_catalog.timestamptz,
    is_gone pg_catalog.bool
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT d.destination_name::pg_catalog.text, d.destination_kind::pg_catalog.text, d.is_scheduled, d.departs_every,
        e.last_attempt_at, e.block_number, (e.proof ->> 'retain_until')::pg_catalog.timestamptz,
        -- What was sealed before there was a destination waits since then.
        CASE WHEN w.sealed_at IS NULL THEN '0'::pg_catalog."interval"
            ELSE greatest(statement_timestamp() - greatest(w.sealed_at, d.added_at), '0') END,
        d.failures, f.detail, d.next_attempt_at, d.is_gone
    FROM script_tracking.digest_destination AS d
    LEFT JOIN LATERAL (
        SELECT l.* FROM script_tracking.digest_departure AS l
        WHERE l.destination_name = d.destination_name AND l.outcome = 'left' ORDER BY l.departure_id DESC LIMIT 1) AS e ON true
    LEFT JOIN LATERAL (
        SELECT l.detail FROM script_tracking.digest_departure AS l
        WHERE d.failures > 0 AND l.destination_name = d.destination_name ORDER BY l.departure_id DESC LIMIT 1) AS f ON true
    LEFT JOIN LATERAL (
        SELECT b.sealed_at FROM script_tracking.seal_block AS b
        WHERE b.block_number > coalesce(e.block_number, 0) ORDER BY b.block_number LIMIT 1) AS w ON true
    ORDER BY d.destination_name
$function$;

COMMENT ON FUNCTION script_tracking.digest_destinations() IS 'The destinations of digests; for the functions of this schema';
