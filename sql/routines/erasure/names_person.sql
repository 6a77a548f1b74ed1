-- Returns whether a version of an object names a person, in its identity, its grantees or its definition.
CREATE OR REPLACE FUNCTION script_tracking.names_person(p_version script_tracking.object_s, p_pattern pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT concat_ws(E'\n', p_version.object_identity, array_to_string(p_version.grantees, E'\n'),
        script_tracking.json_words(p_version.definition)) ~* p_pattern
$function$;

COMMENT ON FUNCTION script_tracking.names_person(script_tracking.object_s, pg_catalog.text) IS
    'Whether a version of an object names a person; for the functions that erase';
