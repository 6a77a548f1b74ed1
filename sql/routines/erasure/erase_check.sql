-- Refuses to erase a name that is not one person: a superuser's login, a role of dbtrack's own, a network.
CREATE OR REPLACE FUNCTION script_tracking.erase_check(p_subject pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF length(coalesce(btrim(p_subject), '')) < 2 OR length(p_subject) > 255 OR p_subject = '[erased]' THEN
        RAISE EXCEPTION 'the subject must be a login or an address of 2 to 255 characters'
            USING ERRCODE = 'DT006', HINT = 'run: dbtrack erase --subject alice --reason TEXT';
    ELSIF p_subject = session_user THEN
        RAISE EXCEPTION 'nobody can erase the login that they use: the record of the erasure would name it'
            USING ERRCODE = 'DT006', HINT = 'connect as another administrator';
    ELSIF p_subject ~ '^[0-9A-Fa-f:.]+/[0-9]+$' THEN
        RAISE EXCEPTION 'the subject is a network, not one address'
            USING ERRCODE = 'DT006', HINT = 'name each address';
    ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = p_subject AND r.rolsuper) THEN
        RAISE EXCEPTION 'the subject is a superuser, which does not identify a person'
            USING ERRCODE = 'DT006', HINT = 'erase by the address, or rename the role first';
    ELSIF EXISTS (SELECT FROM script_tracking.installation AS i
            WHERE i.property_name::pg_catalog.text LIKE 'role.%' AND i.property_value = p_subject) THEN
        RAISE EXCEPTION 'the subject is a role of dbtrack''s own, not a person'
            USING ERRCODE = 'DT006', HINT = 'name the login of a person';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.erase_check(pg_catalog.text) IS 'Refuses to erase a name that is not one person';
