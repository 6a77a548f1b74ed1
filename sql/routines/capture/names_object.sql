-- Returns whether a statement contains the name of an object as a word of its own, without its schema and its
-- arguments.
CREATE OR REPLACE FUNCTION script_tracking.names_object(
    p_statement pg_catalog.text,
    p_identity pg_catalog.text,
    p_schema_name pg_catalog.text
)
RETURNS pg_catalog.bool
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT strpos(' ' || w.statement || ' ', ' ' || w.name || ' ') > 0
    FROM (
        SELECT lower(regexp_replace(p_statement, '[^[:alnum:]_$]+', ' ', 'g') COLLATE "C") AS statement,
            btrim(lower(regexp_replace(split_part(CASE WHEN p_schema_name IS NULL THEN p_identity
                ELSE substr(p_identity, length(quote_ident(p_schema_name)) + 2) END, '(', 1),
                '[^[:alnum:]_$]+', ' ', 'g') COLLATE "C")) AS name
    ) AS w
    WHERE w.name <> ''
$function$;

COMMENT ON FUNCTION script_tracking.names_object(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'Whether a statement contains the name of an object, for dbtrack reconcile';
