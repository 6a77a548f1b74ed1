-- Returns the identities, as PostgreSQL writes them, that a name may stand for: in the schemas of the caller's search path if
-- it has none of its own. A function may be named without its arguments, and with types written as anybody writes them.
CREATE OR REPLACE FUNCTION script_tracking.get_object_names(
    p_name pg_catalog.text,
    p_schemas pg_catalog.text[] DEFAULT pg_catalog.current_schemas(true)
)
RETURNS TABLE (
    object_identity pg_catalog.text,
    place pg_catalog.int4
)
LANGUAGE plpgsql STABLE ROWS 3
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $function$
#variable_conflict use_column
DECLARE
    -- In a vault: with a source its objects, to which row security limits the session; otherwise those of the vault itself.
    c_source CONSTANT pg_catalog.text := coalesce(current_setting('dbtrack.source', true), '');
    v_piece CONSTANT pg_catalog.text[] := regexp_match(btrim(p_name), '^((?:[^"(]|"(?:[^"]|"")*")*)(?:\((.*)\))?\s*$');
    v_words pg_catalog.text[];
    v_schemas pg_catalog.text[];
    v_arguments pg_catalog.text;
    v_word pg_catalog.text;
    v_try pg_catalog.text;
    v_type pg_catalog.oid;
BEGIN
    BEGIN
        v_words := parse_ident(v_piece[1]);
    EXCEPTION WHEN invalid_parameter_value THEN
        v_words := NULL;
    END;
    IF v_words IS NULL OR cardinality(v_words) > 2 THEN
        -- Not a name, but what the record calls it: (a.t AS text), for a.t language l, a.c USING btree. Screens leave out pg_catalog.
        RETURN QUERY
        SELECT DISTINCT s.object_identity, 0 FROM script_tracking.object_s AS s
        WHERE replace(s.object_identity, 'pg_catalog.', '') = replace(btrim(p_name), 'pg_catalog.', '')
            AND (c_source <> '' OR strpos(s.object_bk, '/') = 0);
        IF FOUND THEN
            RETURN;
        END IF;
        RAISE EXCEPTION 'not the name of an object: %', p_name
            USING ERRCODE = 'DT006', HINT = 'write schema.table, or "Schema"."Table" with capitals, or schema.function(types)';
    END IF;
    v_schemas := CASE cardinality(v_words) WHEN 2 THEN v_words[1:1] ELSE p_schemas END;
    IF v_piece[2] IS NOT NULL THEN
        v_arguments := '';
        FOREACH v_word IN ARRAY coalesce(string_to_array(nullif(btrim(v_piece[2]), ''), ','), '{}') LOOP
            v_type := NULL;
            -- A type, or the name of the argument and its type, or a type that is gone.
            FOREACH v_try IN ARRAY ARRAY[btrim(v_word), regexp_replace(btrim(v_word), '^\S+\s+', '')] LOOP
                BEGIN
                    v_type := coalesce(v_type, to_regtype(v_try)::pg_catalog.oid);
                EXCEPTION WHEN syntax_error OR undefined_object OR invalid_schema_name THEN
                    NULL;
                END;
            END LOOP;
            v_arguments := v_arguments || CASE v_arguments WHEN '' THEN '' ELSE ',' END
                || coalesce((pg_identify_object('pg_type'::regclass, v_type, 0)).identity, btrim(v_word));
        END LOOP;
    END IF;
    RETURN QUERY
    SELECT quote_ident(s.name) || '.' || quote_ident(v_words[cardinality(v_words)]) || coalesce('(' || v_arguments || ')', ''),
        s.place::pg_catalog.int4
    FROM unnest(v_schemas) WITH ORDINALITY AS s (name, place)
    UNION ALL
    SELECT quote_ident(v_words[1]), 0
    WHERE cardinality(v_words) = 1 AND v_arguments IS NULL
    UNION ALL
    SELECT f.identity, s.place::pg_catalog.int4
    FROM unnest(v_schemas) WITH ORDINALITY AS s (name, place)
    JOIN pg_namespace AS n ON n.nspname = s.name
    JOIN pg_proc AS p ON p.pronamespace = n.oid AND p.proname = v_words[cardinality(v_words)]
    CROSS JOIN LATERAL pg_identify_object('pg_proc'::regclass, p.oid, 0) AS f
    -- The catalogs of a vault say nothing of its sources.
    WHERE v_arguments IS NULL AND c_source = '';
END
$function$;

COMMENT ON FUNCTION script_tracking.get_object_names(pg_catalog.text, pg_catalog.text[]) IS
    'The identities that a name may stand for, in the schemas of the search path, the first schema first';
