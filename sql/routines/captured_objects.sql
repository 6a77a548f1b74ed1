-- The objects of a DDL command that ended, each once, where it came first: for the commands that name several, or none,
-- or temporary ones. event_trigger_ddl_end sees to the others by itself.
CREATE OR REPLACE FUNCTION script_tracking.captured_objects(
    p_command_tag pg_catalog.text,
    p_nesting_level pg_catalog.int4,
    p_with_temporary pg_catalog.bool,
    OUT o_happened pg_catalog.bool,
    OUT o_identities pg_catalog.text[],
    OUT o_types pg_catalog.text[],
    OUT o_schemas pg_catalog.text[],
    OUT o_objects_by_type pg_catalog.jsonb
)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH object AS MATERIALIZED (
        -- GRANT and its like name nothing, but they happened.
        SELECT e.object_identity, min(e.object_type) AS object_type, min(e.schema_name) AS schema_name,
            min(e.position) AS position
        FROM (
            SELECT c.object_identity, c.object_type, c.schema_name,
                -- Of what is named within a table, as triggers are, only the identity tells.
                c.schema_name = 'pg_temp' OR (c.schema_name IS NULL
                    AND c.object_identity ~ '^("([^"]|"")+"|[^" ]+) on pg_temp[.]') AS is_temporary,
                c.position
            FROM pg_event_trigger_ddl_commands() WITH ORDINALITY AS c (classid, objid, objsubid, command_tag,
                object_type, schema_name, object_identity, in_extension, command, position)
            WHERE NOT c.in_extension
            UNION ALL
            SELECT b.object_identity, b.object_type, b.schema_name, b.is_temporary, 1000000000 + b.position
            FROM script_tracking.captured_besides(p_command_tag, p_nesting_level) WITH ORDINALITY AS b (object_type,
                object_identity, schema_name, is_temporary, position)
            WHERE current_setting('dbtrack.ddl_dropped' || p_nesting_level, true) <> ''
                OR p_command_tag = 'CREATE EXTENSION'
        ) AS e
        WHERE e.is_temporary IS NOT TRUE OR p_with_temporary
        GROUP BY e.object_identity
    )
    SELECT count(*) > 0,
        array_agg(b.object_identity ORDER BY b.position) FILTER (WHERE b.object_identity IS NOT NULL),
        array_agg(b.object_type ORDER BY b.position) FILTER (WHERE b.object_identity IS NOT NULL),
        array_agg(CASE WHEN b.object_type = 'schema' THEN (parse_ident(b.object_identity))[1] ELSE b.schema_name END),
        CASE WHEN count(b.object_identity) > 1 THEN (
            SELECT jsonb_object_agg(n.object_type, n.number)
            FROM (SELECT o.object_type, count(*) AS number FROM object AS o
                  WHERE o.object_identity IS NOT NULL GROUP BY o.object_type) AS n) END
    FROM object AS b
$function$;

COMMENT ON FUNCTION script_tracking.captured_objects(pg_catalog.text, pg_catalog.int4, pg_catalog.bool) IS
    'The objects of a DDL command that ended, each once';
