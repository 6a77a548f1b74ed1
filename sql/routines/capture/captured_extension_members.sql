-- Returns how many objects the named extensions have, or had before they were dropped: their script is one execution,
-- with its members counted.
CREATE OR REPLACE FUNCTION script_tracking.captured_extension_members(p_identities pg_catalog.text[])
RETURNS pg_catalog.int4
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE
        WHEN EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE quote_ident(e.extname) = ANY (p_identities)) THEN
            count(*) FILTER (WHERE quote_ident(x.extname) = ANY (p_identities))::pg_catalog.int4
        -- For a dropped extension: the number of members of all extensions when the command started.
        WHEN current_setting('dbtrack.ddl_member_count', true) ~ '^[0-9]{1,9}$' THEN
            current_setting('dbtrack.ddl_member_count')::pg_catalog.int4 - count(*)::pg_catalog.int4
        END
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_extension AS x ON x.oid = d.refobjid
    WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
$function$;

COMMENT ON FUNCTION script_tracking.captured_extension_members(pg_catalog.text[]) IS
    'How many objects belong to the extensions of these identities';
