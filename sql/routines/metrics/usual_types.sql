-- The types that always have a label of their own in the metrics.
CREATE OR REPLACE FUNCTION script_tracking.usual_types()
RETURNS pg_catalog.text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT '{MIGRATION,DDL_AUTO,MANUAL,MAINTENANCE,BACKUP,REPORTING,AUTHENTICATION,DDL_LOG,SECURITY,UNATTRIBUTED}'::pg_catalog.text[]
$function$;

COMMENT ON FUNCTION script_tracking.usual_types() IS 'The types that always have a label of their own in the metrics';
