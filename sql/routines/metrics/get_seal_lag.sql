-- Returns how long ago the record was sealed; NULL: never. Seals are for administrators, how old they are is for all.
CREATE OR REPLACE FUNCTION script_tracking.get_seal_lag()
RETURNS pg_catalog."interval"
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT statement_timestamp() - s.last_run_at FROM script_tracking.seal_state AS s
$function$;

COMMENT ON FUNCTION script_tracking.get_seal_lag() IS 'How long ago the record was last sealed; NULL: never';
