-- Returns what defines a function, in one hash. Not its rendering, which differs between server versions.
CREATE OR REPLACE FUNCTION script_tracking.routine_hash(routine_id pg_catalog.oid)
RETURNS pg_catalog.bytea
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT sha256(convert_to(concat_ws('|', p.prosrc, pg_get_function_sqlbody(p.oid), p.prosecdef, p.provolatile,
        p.proconfig::pg_catalog.text, p.proowner::pg_catalog.regrole::pg_catalog.text), 'UTF8'))
    FROM pg_catalog.pg_proc AS p
    WHERE p.oid = routine_id
$function$;

COMMENT ON FUNCTION script_tracking.routine_hash(pg_catalog.oid) IS
    'SHA-256 over what defines a function: install keeps it, and dbtrack doctor compares';
