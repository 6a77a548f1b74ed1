-- Returns when a trigger, a rule or an event trigger fires, in words.
CREATE OR REPLACE FUNCTION script_tracking.trigger_state(p_enabled pg_catalog."char")
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE p_enabled WHEN 'O' THEN 'on origin' WHEN 'A' THEN 'always' WHEN 'R' THEN 'on replica'
        ELSE 'never: disabled' END
$function$;

COMMENT ON FUNCTION script_tracking.trigger_state(pg_catalog."char") IS 'When a trigger fires, in words';
