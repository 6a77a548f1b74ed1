-- Adds the objects to object_h that object_s has and object_h has not. Rows of transactions that are still open have times after
-- records_since(), and are read again next time.
CREATE OR REPLACE FUNCTION script_tracking.fill_object_hub()
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_until CONSTANT pg_catalog.timestamptz := script_tracking.records_since() - '1 minute'::pg_catalog."interval";
BEGIN
    INSERT INTO script_tracking.object_h (object_hk, object_bk, tenant_hk, load_date, record_source)
    SELECT DISTINCT ON (s.object_hk) s.object_hk, s.object_bk, s.tenant_hk, s.load_date, s.record_source
    FROM script_tracking.object_s AS s
    -- Those of the sources of a vault are added when they arrive.
    WHERE strpos(s.object_bk, '/') = 0 AND s.load_date >= (SELECT t.hub_filled_until FROM script_tracking.object_state AS t)
    ORDER BY s.object_hk, s.load_date
    ON CONFLICT ON CONSTRAINT object_h_pkey DO NOTHING;
    UPDATE script_tracking.object_state AS t SET hub_filled_until = v_until WHERE t.hub_filled_until < v_until;
END
$function$;

COMMENT ON FUNCTION script_tracking.fill_object_hub() IS 'Adds new objects to object_h';
