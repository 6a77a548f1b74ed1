-- How many objects the named extensions have: their script is one execution, with its members counted.
CREATE OR REPLACE FUNCTION script_tracking.captured_extension_members(p_identities pg_catalog.text[])
RETURNS pg_catalog.int4
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT count(*)::pg_catalog.int4
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
        AND d.refobjid = e.oid AND d.deptype = 'e'
    WHERE quote_ident(e.extname) = ANY (p_identities)
$function$;

COMMENT ON FUNCTION script_tracking.captured_extension_members(pg_catalog.text[]) IS
    'How many objects belong to the extensions of these identities';
