-- Returns what the dropping command removed, as a JSON array for ddl_command_end; NULL if that is nothing of its own.
-- original: named by the command; normal: dropped with it by CASCADE. The rest (types, TOAST) are parts, except for
-- tables: those are partitions. Also parts are those normal objects that are named within a table, a column or a domain
-- that is dropped too, and the members of a dropped extension.
CREATE OR REPLACE FUNCTION script_tracking.captured_drop(p_command_tag pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_members pg_catalog.text[] := CASE WHEN p_command_tag = 'DROP EXTENSION'
        THEN string_to_array(current_setting('dbtrack.ddl_members', true), ' ') ELSE '{}' END;
BEGIN
    RETURN (
        WITH dropped AS MATERIALIZED (SELECT g.* FROM pg_event_trigger_dropped_objects() AS g)
        SELECT jsonb_agg(jsonb_build_array(d.object_type,
            CASE WHEN strpos(d.object_identity, '"') = 0 THEN d.object_identity
                ELSE script_tracking.plain_identity(d.object_identity) END,
            d.schema_name,
            d.is_temporary OR d.schema_name LIKE 'pg@_temp@_%' ESCAPE '@' OR d.schema_name = 'pg_temp'
                -- An object that is named within a table, such as a rule, has no schema of its own.
                OR (d.address_names[1] = 'pg_temp' AND cardinality(d.address_names) > 1)))
        FROM dropped AS d
        WHERE d.original OR ((d.normal OR d.object_type IN ('table', 'foreign table'))
            AND d.object_type NOT IN ('operator of access method', 'function of access method')
            AND NOT (d.object_type = 'type' AND right(d.object_identity, 2) = '[]')
            AND d.classid::pg_catalog.text || ':' || d.objid::pg_catalog.text <> ALL (v_members)
            AND NOT EXISTS (
                SELECT FROM dropped AS t
                WHERE t.address_names = d.address_names[1:2] AND cardinality(d.address_names) = 3
                    AND t.object_type IN ('table', 'view', 'materialized view', 'foreign table'))
            AND NOT EXISTS (
                SELECT FROM dropped AS c
                WHERE c.address_names = d.address_names AND c.object_type = 'table column'
                    AND d.object_type = 'default value')
            AND NOT EXISTS (
                SELECT FROM dropped AS t
                WHERE t.address_names = d.address_names
                    AND t.object_type = 'type' AND d.object_type = 'domain constraint')))::pg_catalog.text;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_drop(pg_catalog.text) IS
    'What the dropping command removed, for the end of the command';
