-- Returns whether a worker has an endpoint to itself. No lease lasts longer than an hour: one that does was given before the
-- clock was set back.
CREATE OR REPLACE FUNCTION script_tracking.is_leased(p_endpoint script_tracking.event_endpoint)
RETURNS pg_catalog.bool
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
RETURN coalesce((p_endpoint).lease_until > clock_timestamp()
    AND (p_endpoint).lease_until <= clock_timestamp() + '1 hour'::pg_catalog."interval", false);

COMMENT ON FUNCTION script_tracking.is_leased(script_tracking.event_endpoint) IS 'Whether a worker has an endpoint to itself';
