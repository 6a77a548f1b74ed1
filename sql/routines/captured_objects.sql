-- The objects of the command that ended: what ddl_command_end sees, and what sql_drop handed over.
-- Nothing of either kind means that nothing happened (IF NOT EXISTS, IF EXISTS), and nothing is recorded.
CREATE OR REPLACE FUNCTION script_tracking.captured_objects(
    p_command_tag pg_catalog.text,
    p_with_temporary pg_catalog.bool,
    p_most_objects pg_catalog.int4,
    OUT o_is_recorded pg_catalog.bool,
    OUT o_identities pg_catalog.text[],
    OUT o_types pg_catalog.text[],
    OUT o_schemas pg_catalog.name[],
    OUT o_object_count pg_catalog.int4,
    OUT o_objects_by_type pg_catalog.jsonb,
    OUT o_extension_members pg_catalog.int4
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_row record;
BEGIN
    o_is_recorded := false;
    o_identities := '{}';
    o_types := '{}';
    o_schemas := '{}';
    o_object_count := 0;
    o_objects_by_type := '{}';
    o_extension_members := 0;
    FOR v_row IN
        SELECT c.object_type, c.object_identity, c.schema_name, c.schema_name = 'pg_temp' AS is_temporary,
            c.in_extension
        FROM pg_event_trigger_ddl_commands() AS c
        UNION ALL
        SELECT d.object_type, d.object_identity, d.schema_name, d.is_temporary, false
        FROM script_tracking.captured_dropped() AS d
    LOOP
        IF v_row.in_extension THEN
            o_extension_members := o_extension_members + 1;
        ELSIF p_with_temporary OR v_row.is_temporary IS NOT TRUE THEN
            o_is_recorded := true;
            IF v_row.object_identity IS NULL OR v_row.object_identity = ANY (o_identities) THEN
                CONTINUE; -- GRANT and its like name nothing; a table's sequence is created, then altered
            END IF;
            o_object_count := o_object_count + 1;
            o_objects_by_type := o_objects_by_type || jsonb_build_object(v_row.object_type,
                coalesce((o_objects_by_type ->> v_row.object_type)::pg_catalog.int4, 0) + 1);
            IF v_row.schema_name IS NOT NULL AND v_row.schema_name <> ALL (o_schemas) THEN
                o_schemas := o_schemas || v_row.schema_name::pg_catalog.name;
            ELSIF v_row.object_type = 'schema' THEN
                o_schemas := o_schemas || (parse_ident(v_row.object_identity))[1]::pg_catalog.name;
            END IF;
            IF o_object_count <= p_most_objects THEN
                o_identities := o_identities || v_row.object_identity::pg_catalog.text;
                o_types := o_types || v_row.object_type::pg_catalog.text;
            END IF;
        END IF;
    END LOOP;
    IF o_is_recorded AND p_command_tag LIKE '%EXTENSION' THEN
        o_extension_members := script_tracking.captured_extension_members(o_identities);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_objects IS
    'The objects of the DDL command that just ended; temporary ones and members of an extension left out';
