-- Returns an object's identity with no more quotes than it needs. sql_drop sees identities that were made under the
-- session's quote_all_identifiers, before a function of dbtrack's could pin it.
CREATE OR REPLACE FUNCTION script_tracking.plain_identity(p_identity pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $function$
    SELECT string_agg(
        CASE WHEN t.part[1] IS NULL THEN quote_ident(replace(t.part[2], '""', '"')) ELSE t.part[1] END,
        '' ORDER BY t.position)
    FROM regexp_matches(p_identity, '([^"]+)|"((?:[^"]|"")+)"', 'g') WITH ORDINALITY AS t (part, position)
$function$;

COMMENT ON FUNCTION script_tracking.plain_identity(pg_catalog.text) IS
    'An object''s identity with no more quotes than it needs';
