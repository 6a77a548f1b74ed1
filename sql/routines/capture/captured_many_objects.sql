-- Like captured_objects, for more than a few objects, for temporary ones, and for what CREATE EXTENSION ... CASCADE
-- created.
CREATE OR REPLACE FUNCTION script_tracking.captured_many_objects(
    p_command_tag pg_catalog.text,
    p_besides pg_catalog.jsonb,
    p_with_temporary pg_catalog.bool,
    OUT o_happened pg_catalog.bool,
    OUT o_identities pg_catalog.text[],
    OUT o_types pg_catalog.text[],
    OUT o_schemas pg_catalog.text[],
    OUT o_objects_by_type pg_catalog.jsonb
)
-- PL/pgSQL keeps its plans; before PostgreSQL 18 a function in SQL is planned at each call.
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    v_besides pg_catalog.jsonb := coalesce(p_besides, '[]');
BEGIN
    IF p_command_tag = 'CREATE EXTENSION' THEN
        v_besides := v_besides || coalesce((
            SELECT jsonb_agg(jsonb_build_array('extension', x.object_identity, NULL, false))
            FROM script_tracking.captured_extensions() AS x (object_identity)), '[]');
    END IF;
    WITH object AS MATERIALIZED (
        -- GRANT and similar commands name no objects, but they ran.
        SELECT e.object_identity, min(e.object_type) AS object_type, min(e.schema_name) AS schema_name,
            min(e.position) AS position
        FROM (
            SELECT c.object_identity, c.object_type, c.schema_name,
                -- For what is named within a table, such as a trigger, only the identity shows whether it is temporary.
                c.schema_name = 'pg_temp' OR (c.schema_name IS NULL
                    AND c.object_identity ~ '^("([^"]|"")+"|[^" ]+) on pg_temp[.]') AS is_temporary,
                c.position
            FROM pg_event_trigger_ddl_commands() WITH ORDINALITY AS c (classid, objid, objsubid, command_tag,
                object_type, schema_name, object_identity, in_extension, command, position)
            WHERE NOT c.in_extension
            UNION ALL
            SELECT b.value ->> 1, b.value ->> 0, b.value ->> 2, (b.value ->> 3)::pg_catalog.bool, 1000000000 + b.position
            FROM jsonb_array_elements(v_besides) WITH ORDINALITY AS b (value, position)
        ) AS e
        WHERE e.is_temporary IS NOT TRUE OR p_with_temporary
        GROUP BY e.object_identity
    )
    SELECT count(*) > 0,
        coalesce(array_agg(b.object_identity ORDER BY b.position) FILTER (WHERE b.object_identity IS NOT NULL), '{}'),
        array_agg(b.object_type ORDER BY b.position) FILTER (WHERE b.object_identity IS NOT NULL),
        array_agg(CASE WHEN b.object_type = 'schema' THEN (parse_ident(b.object_identity))[1] ELSE b.schema_name END),
        CASE WHEN count(b.object_identity) > 1 THEN (
            SELECT jsonb_object_agg(n.object_type, n.number)
            FROM (SELECT o.object_type, count(*) AS number FROM object AS o
                  WHERE o.object_identity IS NOT NULL GROUP BY o.object_type) AS n) END
    INTO o_happened, o_identities, o_types, o_schemas, o_objects_by_type
    FROM object AS b;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_many_objects(pg_catalog.text, pg_catalog.jsonb, pg_catalog.bool) IS
    'The objects of a DDL command that ended, each once, for any number of them';
