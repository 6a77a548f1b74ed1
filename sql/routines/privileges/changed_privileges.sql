-- Returns who gained or lost which privileges on the objects whose catalog rows a GRANT or REVOKE moved, compared with
-- what its start kept. If it moved none, it changed nothing: its objects are then those whose name only one object has.
CREATE OR REPLACE FUNCTION script_tracking.changed_privileges(
    p_command_tag pg_catalog.text,
    p_noted pg_catalog.jsonb
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_is_default CONSTANT pg_catalog.bool := p_command_tag = 'ALTER DEFAULT PRIVILEGES';
    v_old CONSTANT pg_catalog.jsonb := p_noted -> 'objects' -> 0;
    v_new record;
    v_result pg_catalog.jsonb;
BEGIN
    -- Most commands are about one relation whose name is unique.
    IF p_noted ->> 'kind' = 'relation' AND jsonb_array_length(p_noted -> 'objects') = 1 THEN
        SELECT i.type, i.schema, i.identity, coalesce(c.relacl, d.acl) AS acl,
            coalesce((v_old ->> 4)::pg_catalog._aclitem, d.acl) AS old_acl
        INTO v_new
        FROM pg_catalog.pg_class AS c
        CROSS JOIN LATERAL (SELECT acldefault((v_old ->> 5)::pg_catalog."char", c.relowner) AS acl) AS d
        CROSS JOIN LATERAL pg_identify_object('pg_class'::pg_catalog.regclass, c.oid, 0) AS i
        WHERE c.oid = (v_old ->> 1)::pg_catalog.oid AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL);
        IF FOUND THEN
            SELECT jsonb_agg(jsonb_build_object('object', v_new.identity, 'object_type', v_new.type, 'grantee', k.grantee)
                || k.change ORDER BY k.grantee)
            INTO v_result
            FROM script_tracking.acl_difference(v_new.old_acl, v_new.acl) AS k;
            IF v_result IS NULL THEN
                v_result := (
                    SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('object', v_new.identity, 'object_type', v_new.type,
                        'grantee', n.grantee, 'gained', '[]'::pg_catalog.jsonb, 'lost', '[]'::pg_catalog.jsonb)), '[]')
                    FROM script_tracking.named_grantees(p_noted -> 'grantees') AS n (grantee));
            END IF;
            RETURN jsonb_build_object('privileges', v_result, 'objects', jsonb_build_array(jsonb_build_array(
                v_new.type, v_new.identity, v_new.schema, coalesce(v_new.schema LIKE 'pg@_temp%' ESCAPE '@', false))));
        END IF;
    END IF;
    WITH noted AS MATERIALIZED (
        SELECT (n.value ->> 0)::pg_catalog.oid AS class_id, (n.value ->> 1)::pg_catalog.oid AS object_id,
            (n.value ->> 2)::pg_catalog.int4 AS column_id, n.value ->> 3 AS place,
            (n.value ->> 4)::pg_catalog._aclitem AS acl, (n.value ->> 5)::pg_catalog."char" AS acl_type,
            (n.value ->> 6)::pg_catalog.oid AS owner_id, n.value ->> 7 AS identity
        FROM jsonb_array_elements(p_noted -> 'objects') AS n
    ), candidate AS MATERIALIZED (
        SELECT c.*
        FROM script_tracking.grant_candidates(
            p_noted ->> 'kind', ARRAY(SELECT jsonb_array_elements_text(p_noted -> 'names')::pg_catalog.name),
            ARRAY(SELECT jsonb_array_elements_text(p_noted -> 'numbers')::pg_catalog.oid)) AS c
    ), moved AS MATERIALIZED (
        -- A column or default that was not kept, or does not exist any more, has no access list of its own: a default
        -- is then the built-in one.
        SELECT coalesce(c.class_id, n.class_id) AS class_id, coalesce(c.object_id, n.object_id) AS object_id,
            coalesce(c.column_id, n.column_id) AS column_id, n.identity,
            coalesce(n.acl, CASE WHEN v_is_default OR n.class_id IS NOT NULL THEN b.acl END) AS old_acl,
            coalesce(c.acl, CASE WHEN v_is_default OR c.class_id IS NOT NULL THEN b.acl END) AS new_acl
        FROM candidate AS c
        FULL JOIN noted AS n ON n.class_id = c.class_id AND n.object_id = c.object_id AND n.column_id = c.column_id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN coalesce(c.owner_id, n.owner_id) <> 0
                THEN acldefault(coalesce(c.acl_type, n.acl_type), coalesce(c.owner_id, n.owner_id)) END AS acl
        ) AS b
        WHERE n.place IS DISTINCT FROM c.place
    ), about AS MATERIALIZED (
        SELECT m.class_id, m.object_id, m.column_id, m.identity, m.old_acl, m.new_acl FROM moved AS m
        UNION ALL
        SELECT min(c.class_id), min(c.object_id), 0, NULL, NULL, NULL
        FROM candidate AS c
        WHERE NOT EXISTS (SELECT FROM moved) AND c.column_id = 0 AND NOT v_is_default
        GROUP BY c.object_name HAVING count(*) = 1
    ), object AS MATERIALIZED (
        SELECT o.class_id, o.object_id, coalesce(i.type, 'default acl') AS type, i.schema,
            coalesce(i.identity, o.gone_identity) AS identity
        FROM (SELECT a.class_id, a.object_id, max(a.identity) AS gone_identity FROM about AS a GROUP BY 1, 2) AS o
        LEFT JOIN LATERAL pg_identify_object(o.class_id, o.object_id, 0) AS i ON true
    ), difference AS (
        SELECT a.class_id, a.object_id, a.column_id, coalesce(k.grantee, g.grantee) AS grantee,
            coalesce(k.change, '{"gained": [], "lost": []}') AS change
        FROM about AS a
        LEFT JOIN LATERAL script_tracking.acl_difference(a.old_acl, a.new_acl) AS k ON true
        -- The grantees of an unchanged object are those that the statement names.
        LEFT JOIN LATERAL (
            SELECT DISTINCT n.grantee FROM script_tracking.named_grantees(p_noted -> 'grantees') AS n (grantee)
        ) AS g ON k.grantee IS NULL
        WHERE coalesce(k.grantee, g.grantee) IS NOT NULL
    ), entry AS (
        SELECT row_number() OVER (ORDER BY o.identity, d.column_id, d.grantee) AS position,
            jsonb_strip_nulls(jsonb_build_object('object', o.identity, 'object_type', o.type,
                'column', CASE WHEN d.column_id <> 0 THEN (SELECT t.attname FROM pg_catalog.pg_attribute AS t
                    WHERE t.attrelid = d.object_id AND t.attnum = d.column_id) END,
                'grantee', d.grantee) || d.change) AS value
        FROM difference AS d
        JOIN object AS o ON o.class_id = d.class_id AND o.object_id = d.object_id
    )
    SELECT jsonb_build_object(
        'objects', (SELECT jsonb_agg(jsonb_build_array(o.type, o.identity, o.schema,
            coalesce(o.schema LIKE 'pg@_temp%' ESCAPE '@', false)) ORDER BY o.identity) FROM object AS o),
        'privileges', coalesce(jsonb_agg(e.value ORDER BY e.position) FILTER (WHERE e.position <= 1000), '[]'),
        'privilege_count', CASE WHEN count(*) > 1000 THEN count(*) END)
    INTO v_result
    FROM entry AS e;
    RETURN v_result;
END
$function$;

COMMENT ON FUNCTION script_tracking.changed_privileges(pg_catalog.text, pg_catalog.jsonb) IS
    'Who gained or lost what by a GRANT, REVOKE or ALTER DEFAULT PRIVILEGES';
