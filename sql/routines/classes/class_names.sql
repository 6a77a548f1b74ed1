-- Returns the names of the classes that there are, as classify_object writes them.
CREATE OR REPLACE FUNCTION script_tracking.class_names()
RETURNS pg_catalog.text[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT script_tracking.setting_names(lower(script_tracking.current_setting_value('classes.names') COLLATE "C"))
$function$;

COMMENT ON FUNCTION script_tracking.class_names() IS 'The names of the classes (classes.names)';
