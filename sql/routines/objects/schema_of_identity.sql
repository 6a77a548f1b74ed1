-- Returns the schema in an identity, or the whole of one without a schema: parse_ident refuses those of casts and operators.
CREATE OR REPLACE FUNCTION script_tracking.schema_of_identity(p_identity pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $function$
    SELECT CASE WHEN starts_with(m.found[1], '"') THEN replace(substr(m.found[1], 2, length(m.found[1]) - 2), '""', '"')
        ELSE m.found[1] END
    FROM regexp_match(p_identity, '^("(?:[^"]|"")+"|[^".() ]+)') AS m (found)
$function$;

COMMENT ON FUNCTION script_tracking.schema_of_identity(pg_catalog.text) IS 'The schema in the identity of an object';
