-- Returns when alerts were last evaluated, for whoever may see alerts.
CREATE OR REPLACE FUNCTION script_tracking.alerts_evaluated_at()
RETURNS pg_catalog.timestamptz
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT c.evaluated_at FROM script_tracking.alert_cursor AS c
$function$;

COMMENT ON FUNCTION script_tracking.alerts_evaluated_at() IS 'When alerts were last evaluated; NULL: never';
