-- Removes receipts that no file of a spool can still need: a year is long for a client that was switched off with a
-- record that it had just delivered. Returns how many it removed.
CREATE OR REPLACE FUNCTION script_tracking.remove_spool_receipts()
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_removed pg_catalog.int8;
BEGIN
    DELETE FROM script_tracking.spool_receipt AS r WHERE r.load_date < clock_timestamp() - '1 year'::pg_catalog."interval";
    GET DIAGNOSTICS v_removed = ROW_COUNT;
    RETURN v_removed;
END
$function$;

COMMENT ON FUNCTION script_tracking.remove_spool_receipts() IS
    'Removes the receipts of spooled records that are older than a year; for maintain';
