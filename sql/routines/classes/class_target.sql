-- Returns the relation and the column that a name means: [schema.]object[.column], as PostgreSQL reads names. A name of two
-- parts is that of an object with its schema, if there is one.
CREATE OR REPLACE FUNCTION script_tracking.class_target(
    p_name pg_catalog.text,
    p_schemas pg_catalog.text[],
    OUT o_relation pg_catalog.oid,
    OUT o_column_number pg_catalog.int2,
    OUT o_object_identity pg_catalog.text,
    OUT o_column_name pg_catalog.name
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_parts pg_catalog.text[];
    v_found record;
BEGIN
    BEGIN
        v_parts := parse_ident(p_name);
    EXCEPTION WHEN invalid_parameter_value THEN
        RAISE EXCEPTION 'not a name of an object: %', p_name
            USING ERRCODE = 'DT006', HINT = 'schema.table, schema.table.column; quote capitals: ''public."Staff"''';
    END;
    IF cardinality(v_parts) > 3 THEN
        RAISE EXCEPTION 'the name has too many parts: %', p_name USING ERRCODE = 'DT006', HINT = 'schema.table.column';
    END IF;
    SELECT array_agg(m.relation ORDER BY m.place) AS relations, array_agg(m.column_name ORDER BY m.place) AS columns
    INTO v_found
    FROM (
        SELECT DISTINCT ON (t.column_name IS NOT NULL) r.relation, t.column_name, t.schema_place AS place
        FROM (
            -- All readings: with and without a schema, with and without a column.
            SELECT v_parts[1] AS schema_name, v_parts[2] AS object_name, NULL::pg_catalog.text AS column_name, 0 AS schema_place
            WHERE cardinality(v_parts) = 2
            UNION ALL
            SELECT v_parts[1], v_parts[2], v_parts[3], 0 WHERE cardinality(v_parts) = 3
            UNION ALL
            SELECT s.name, v_parts[1], v_parts[2], s.place::pg_catalog.int4
            FROM unnest(p_schemas) WITH ORDINALITY AS s (name, place) WHERE cardinality(v_parts) <= 2
        ) AS t
        JOIN pg_catalog.pg_namespace AS n ON n.nspname = t.schema_name
        JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = t.object_name
        JOIN script_tracking.class_relations() AS r ON r.relation = c.oid
        WHERE t.column_name IS NULL OR cardinality(v_parts) = 3 OR EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attname = t.column_name AND a.attnum > 0 AND NOT a.attisdropped)
        ORDER BY t.column_name IS NOT NULL, t.schema_place
    ) AS m;
    IF cardinality(v_found.relations) > 1 THEN
        RAISE EXCEPTION '% is an object, and also a column of another one', p_name
            USING ERRCODE = 'DT006', HINT = 'write the schema of the column''s table, too: schema.table.column';
    END IF;
    o_relation := v_found.relations[1];
    o_column_name := v_found.columns[1];
    o_column_number := 0;
    IF o_column_name IS NOT NULL THEN
        SELECT a.attnum INTO o_column_number FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = o_relation AND a.attname = o_column_name AND a.attnum > 0 AND NOT a.attisdropped;
    END IF;
    SELECT r.object_identity INTO o_object_identity FROM script_tracking.class_relations() AS r WHERE r.relation = o_relation;
    IF o_relation IS NOT NULL AND o_column_number IS NULL THEN
        RAISE EXCEPTION '% has no column %', o_object_identity, o_column_name
            USING ERRCODE = 'DT006', HINT = 'its columns are: ' || (
                SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute AS a
                WHERE a.attrelid = o_relation AND a.attnum > 0 AND NOT a.attisdropped);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.class_target(pg_catalog.text, pg_catalog.text[]) IS
    'The relation and the column that a name means; NULL if there is none; for the functions of this schema';
