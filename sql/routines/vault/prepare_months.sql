-- Creates the partitions of months whose rows the caller's source is about to send, given as YYYY_MM. See take_months.
CREATE OR REPLACE FUNCTION script_tracking.prepare_months(p_token pg_catalog.text, p_months pg_catalog.text[])
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    PERFORM script_tracking.vault_caller(p_token);
    PERFORM script_tracking.take_months(p_months);
END
$function$;

COMMENT ON FUNCTION script_tracking.prepare_months(pg_catalog.text, pg_catalog.text[]) IS
    'Creates the partitions of the months that a source is about to send; for dbtrack push';
