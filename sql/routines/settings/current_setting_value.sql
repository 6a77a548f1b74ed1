-- Returns one setting's value; NULL if there is no such setting.
CREATE OR REPLACE FUNCTION script_tracking.current_setting_value(p_setting_name pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT s.setting_value FROM script_tracking.setting AS s WHERE s.setting_name = p_setting_name
$function$;

COMMENT ON FUNCTION script_tracking.current_setting_value(pg_catalog.text) IS 'The value of one of dbtrack''s settings';
