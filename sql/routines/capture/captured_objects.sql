-- Returns the objects of a DDL command that ended, each once, at its first place: for commands that name several
-- objects, none, or temporary ones. event_trigger_ddl_end handles the others itself. p_besides is what sql_drop passed
-- on or what a GRANT is about, as [type, identity, schema, is_temporary].
CREATE OR REPLACE FUNCTION script_tracking.captured_objects(
    p_command_tag pg_catalog.text,
    p_identities pg_catalog.text[],
    p_types pg_catalog.text[],
    p_schemas pg_catalog.text[],
    p_besides pg_catalog.jsonb,
    p_is_temporary pg_catalog.bool,
    p_with_temporary pg_catalog.bool,
    OUT o_happened pg_catalog.bool,
    OUT o_identities pg_catalog.text[],
    OUT o_types pg_catalog.text[],
    OUT o_schemas pg_catalog.text[],
    OUT o_objects_by_type pg_catalog.jsonb
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_named CONSTANT pg_catalog.int4 := coalesce(cardinality(p_identities), 0);
    v_besides CONSTANT pg_catalog.int4 := coalesce(jsonb_array_length(p_besides), 0);
    v_place pg_catalog.int4 := 1;
    v_beside pg_catalog.jsonb;
    v_identity pg_catalog.text;
    v_type pg_catalog.text;
    v_schema pg_catalog.text;
    v_found pg_catalog.int4;
BEGIN
    -- A query costs as much as a loop over some twenty rows.
    IF p_is_temporary OR p_command_tag = 'CREATE EXTENSION' OR v_named + v_besides > 20 THEN
        SELECT m.* INTO o_happened, o_identities, o_types, o_schemas, o_objects_by_type
        FROM script_tracking.captured_many_objects(p_command_tag, p_besides, p_with_temporary) AS m;
        RETURN;
    END IF;
    -- GRANT and similar commands name no objects, but they ran.
    o_happened := v_named > 0;
    o_identities := '{}';
    WHILE v_place <= v_named + v_besides LOOP
        IF v_place <= v_named THEN
            v_identity := p_identities[v_place];
            v_type := p_types[v_place];
            v_schema := p_schemas[v_place];
        ELSE
            v_beside := p_besides -> (v_place - v_named - 1);
            IF p_with_temporary OR v_beside ->> 3 IS DISTINCT FROM 'true' THEN
                o_happened := true;
                v_identity := v_beside ->> 1;
                v_type := v_beside ->> 0;
                v_schema := CASE WHEN v_type = 'schema' THEN (parse_ident(v_identity))[1] ELSE v_beside ->> 2 END;
            ELSE
                v_identity := NULL;
            END IF;
        END IF;
        v_found := array_position(o_identities, v_identity);
        IF v_found IS NOT NULL THEN
            o_types[v_found] := least(o_types[v_found], v_type);
        ELSIF v_identity IS NOT NULL THEN
            o_identities := o_identities || v_identity;
            o_types := o_types || v_type;
            o_schemas := o_schemas || v_schema;
        END IF;
        v_place := v_place + 1;
    END LOOP;
    IF cardinality(o_identities) > 1 THEN
        o_objects_by_type := '{}';
        FOREACH v_type IN ARRAY o_types LOOP
            o_objects_by_type := o_objects_by_type
                || jsonb_build_object(v_type, coalesce((o_objects_by_type ->> v_type)::pg_catalog.int4, 0) + 1);
        END LOOP;
    END IF;
END
$function$;

-- With its arguments: an earlier version had others, and that function is dropped only later.
COMMENT ON FUNCTION script_tracking.captured_objects(pg_catalog.text, pg_catalog.text[], pg_catalog.text[],
    pg_catalog.text[], pg_catalog.jsonb, pg_catalog.bool, pg_catalog.bool) IS
    'The objects of a DDL command that ended, each once';
