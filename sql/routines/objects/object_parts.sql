-- Decodes the definition of a row of object_s: one row a part. relation_parts and object_definition write the compact form:
-- an array begins with the number of its format, and its other elements are in the order of the keys below.
-- A string is the name of a part that was dropped; an object is its own body.
CREATE OR REPLACE FUNCTION script_tracking.object_parts(definition pg_catalog.jsonb)
RETURNS TABLE (part pg_catalog.text, kind pg_catalog.text, name pg_catalog.text, body pg_catalog.jsonb)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 5
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT p.part, p.kind, coalesce(p.body ->> 'name', p.value #>> '{}'), p.body
    FROM (
        SELECT e.key AS part, k.kind, e.value,
            CASE jsonb_typeof(e.value) WHEN 'object' THEN e.value WHEN 'array' THEN
                CASE k.kind
                WHEN 'column' THEN jsonb_build_object('name', e.value -> 1, 'type', e.value -> 2, 'not_null', e.value -> 3,
                    'default', e.value -> 4, 'identity', e.value -> 5, 'generated', e.value -> 6, 'collation', e.value -> 7,
                    'storage', e.value -> 8, 'compression', e.value -> 9, 'options', e.value -> 10, 'acl', e.value -> 11,
                    'is_local', e.value -> 12, 'inherited', e.value -> 13, 'statistics', e.value -> 14,
                    'foreign_options', e.value -> 15, 'sequence', e.value -> 16)
                WHEN 'relation' THEN jsonb_build_object('name', e.value -> 1, 'schema', e.value -> 2, 'owner', e.value -> 3,
                    'kind', e.value -> 4, 'persistence', e.value -> 5, 'row_security', e.value -> 6,
                    'force_row_security', e.value -> 7, 'options', e.value -> 8, 'acl', e.value -> 9,
                    'replica_identity', e.value -> 10, 'bound', e.value -> 11, 'key', e.value -> 12, 'parents', e.value -> 13,
                    'tablespace', e.value -> 14, 'access_method', e.value -> 15, 'of_type', e.value -> 16)
                WHEN 'constraint' THEN jsonb_build_object('name', e.value -> 1, 'definition', e.value -> 2,
                    'validated', e.value -> 3, 'type', e.value -> 4, 'is_local', e.value -> 5, 'inherited', e.value -> 6)
                WHEN 'index' THEN jsonb_build_object('name', e.value -> 1, 'definition', e.value -> 2, 'valid', e.value -> 3,
                    'primary', e.value -> 4, 'unique', e.value -> 5, 'replica_identity', e.value -> 6, 'clustered', e.value -> 7,
                    'tablespace', e.value -> 8)
                WHEN 'policy' THEN jsonb_build_object('name', e.value -> 1, 'command', e.value -> 2,
                    'permissive', e.value -> 3, 'roles', e.value -> 4, 'using', e.value -> 5, 'check', e.value -> 6)
                WHEN 'trigger' THEN jsonb_build_object('name', e.value -> 1, 'definition', e.value -> 2, 'enabled', e.value -> 3)
                WHEN 'rule' THEN jsonb_build_object('name', e.value -> 1, 'definition', e.value -> 2, 'enabled', e.value -> 3)
                WHEN 'comment' THEN jsonb_build_object('name', e.value -> 1, 'comment', e.value -> 2)
                END
            END AS body
        FROM jsonb_each(object_parts.definition) AS e
        CROSS JOIN LATERAL (SELECT split_part(e.key, ' ', 1) AS kind) AS k
    ) AS p
$function$;

COMMENT ON FUNCTION script_tracking.object_parts(pg_catalog.jsonb) IS
    'The parts of a row of object_s: part, its kind and name, and its body with named keys; body NULL: it was dropped';
