-- The upper bounds of the duration histogram's buckets, in seconds; a last bucket has no bound. Counters store buckets by
-- their place here, so a change of the bounds needs a migration that sets the counters back.
CREATE OR REPLACE FUNCTION script_tracking.duration_bounds()
RETURNS pg_catalog."numeric"[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT '{0.0005,0.001,0.005,0.01,0.05,0.1,0.5,1,5,10,30,60,300,900,3600,14400,86400}'::pg_catalog."numeric"[]
$function$;

COMMENT ON FUNCTION script_tracking.duration_bounds() IS 'The upper bounds of the duration histogram, in seconds';
