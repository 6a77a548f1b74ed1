-- Returns whether a statement names one of the objects that its command reported, or for an index its table. NULL if a
-- command of this kind need not name them.
CREATE OR REPLACE FUNCTION script_tracking.statement_names(
    p_statement pg_catalog.text,
    p_command_tag pg_catalog.text,
    p_identities pg_catalog.text[],
    p_types pg_catalog.text[]
)
RETURNS pg_catalog.bool
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    c_signs CONSTANT pg_catalog.text := E' \n\r\t\f\v!"#%&''()*+,-./:;<=>?@[\\]^`{|}~';
    v_lower CONSTANT pg_catalog.text COLLATE pg_catalog."C" := lower(p_statement COLLATE pg_catalog."C");
    v_words pg_catalog.text COLLATE pg_catalog."C";
    v_name pg_catalog.text COLLATE pg_catalog."C";
    v_at pg_catalog.int4;
    v_parts pg_catalog.text[];
BEGIN
    -- Most commands have one object with a plain name, which is between two punctuation characters or at the end.
    IF cardinality(p_identities) = 1 AND p_types[1] IN ('table', 'view', 'index', 'sequence') THEN
        v_name := split_part(p_identities[1], '.', 2);
        v_at := strpos(v_lower, v_name);
        IF v_at > 1 AND v_name <> '' AND strpos(p_identities[1], '"') = 0
            AND strpos(c_signs, substr(v_lower, v_at - 1, 1)) > 0
            AND strpos(c_signs, substr(v_lower || ' ', v_at + length(v_name), 1)) > 0 THEN
            RETURN true;
        END IF;
    END IF;
    -- One blank for each punctuation character: a name is one word, or several. A quote within a quoted name is
    -- doubled.
    v_words := ' ' || translate(replace(v_lower, '""', '"'), c_signs, repeat(' ', length(c_signs))) || ' ';
    IF p_command_tag IN ('DROP OWNED', 'IMPORT FOREIGN SCHEMA', 'REINDEX', 'CREATE EXTENSION', 'ALTER EXTENSION')
        OR strpos(v_lower, 'u&"') > 0 OR strpos(v_words, ' authorization ') > 0
        OR strpos(v_words, ' in tablespace ') > 0 THEN
        RETURN NULL;
    END IF;
    FOR v_number IN 1 .. least(cardinality(p_identities), 20) LOOP
        IF p_identities[v_number] IS NULL OR p_types[v_number] NOT IN ('table', 'view', 'materialized view', 'foreign table',
            'index', 'sequence', 'function', 'procedure', 'aggregate', 'schema', 'type', 'policy', 'trigger', 'rule',
            'table column', 'table constraint', 'composite type', 'column') THEN
            RETURN NULL;
        END IF;
        v_parts := parse_ident(p_identities[v_number], false);
        v_name := v_parts[cardinality(v_parts)];
        IF octet_length(v_name) >= 63 OR octet_length(v_name) <> length(v_name) THEN
            RETURN NULL; -- what is cut off, or has letters that PostgreSQL folds in its own way
        END IF;
        v_name := ' ' || translate(lower(v_name), c_signs, repeat(' ', length(c_signs))) || ' ';
        IF strpos(v_words, v_name) > 0 THEN
            RETURN true;
        END IF;
        IF p_types[v_number] = 'index' THEN
            -- Not regclass: the owner of these functions would need the right to use the schema.
            v_name := (SELECT c.relname FROM pg_catalog.pg_namespace AS n
                JOIN pg_catalog.pg_class AS x ON x.relnamespace = n.oid
                JOIN pg_catalog.pg_index AS i ON i.indexrelid = x.oid
                JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
                WHERE n.nspname = v_parts[1]::pg_catalog.name AND x.relname = v_parts[2]::pg_catalog.name);
            IF v_name IS NULL OR octet_length(v_name) >= 63 OR octet_length(v_name) <> length(v_name) OR strpos(v_words,
                ' ' || translate(lower(v_name), c_signs, repeat(' ', length(c_signs))) || ' ') > 0 THEN
                RETURN true;
            END IF;
        END IF;
    END LOOP;
    RETURN CASE WHEN p_identities IS NOT NULL THEN false END;
END
$function$;

COMMENT ON FUNCTION script_tracking.statement_names(
    pg_catalog.text, pg_catalog.text, pg_catalog.text[], pg_catalog.text[]) IS
    'Whether a statement names one of the objects that its command reported';
