-- Who gained or lost what on the objects whose catalog rows a GRANT or REVOKE moved, compared with what its start noted.
-- Where it moved none, it changed nothing: it is about the objects of a name that only one has.
CREATE OR REPLACE FUNCTION script_tracking.changed_privileges(
    p_command_tag pg_catalog.text,
    p_noted pg_catalog.jsonb
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_result pg_catalog.jsonb;
BEGIN
    WITH noted AS MATERIALIZED (
        SELECT (n.value ->> 0)::pg_catalog.oid AS class_id, (n.value ->> 1)::pg_catalog.oid AS object_id,
            (n.value ->> 2)::pg_catalog.int4 AS column_id, n.value ->> 3 AS place, n.value -> 4 AS privileges,
            n.value ->> 5 AS identity, n.value -> 6 AS default_privileges
        FROM jsonb_array_elements(p_noted -> 'objects') AS n
    ), candidate AS MATERIALIZED (
        SELECT c.class_id, c.object_id, c.column_id, c.place, c.object_name,
            script_tracking.privileges_of(c.acl, c.acl_type, c.owner_id) AS privileges,
            CASE WHEN p_command_tag = 'ALTER DEFAULT PRIVILEGES'
                THEN script_tracking.privileges_of(NULL, c.acl_type, c.owner_id) ELSE '{}' END AS default_privileges
        FROM script_tracking.grant_candidates(
            p_noted ->> 'kind', ARRAY(SELECT jsonb_array_elements_text(p_noted -> 'names')::pg_catalog.name),
            ARRAY(SELECT jsonb_array_elements_text(p_noted -> 'numbers')::pg_catalog.oid)) AS c
    ), moved AS MATERIALIZED (
        -- A column or default that was not noted had none of its own; one that is not there any more has none.
        SELECT coalesce(c.class_id, n.class_id) AS class_id, coalesce(c.object_id, n.object_id) AS object_id,
            coalesce(c.column_id, n.column_id) AS column_id, n.identity,
            coalesce(n.privileges, c.default_privileges) AS old_privileges,
            coalesce(c.privileges, n.default_privileges, '{}') AS new_privileges
        FROM candidate AS c
        FULL JOIN noted AS n ON n.class_id = c.class_id AND n.object_id = c.object_id AND n.column_id = c.column_id
        WHERE n.place IS DISTINCT FROM c.place
    ), about AS MATERIALIZED (
        SELECT m.class_id, m.object_id, m.column_id, m.identity, m.old_privileges, m.new_privileges FROM moved AS m
        UNION ALL
        SELECT min(c.class_id), min(c.object_id), 0, NULL, '{}', '{}'
        FROM candidate AS c
        WHERE NOT EXISTS (SELECT FROM moved) AND c.column_id = 0 AND p_command_tag <> 'ALTER DEFAULT PRIVILEGES'
        GROUP BY c.object_name HAVING count(*) = 1
    ), object AS MATERIALIZED (
        SELECT o.class_id, o.object_id, coalesce(i.type, 'default acl') AS type, i.schema,
            coalesce(i.identity, o.gone_identity) AS identity
        FROM (SELECT a.class_id, a.object_id, max(a.identity) AS gone_identity FROM about AS a GROUP BY 1, 2) AS o
        LEFT JOIN LATERAL pg_identify_object(o.class_id, o.object_id, 0) AS i ON true
    ), difference AS (
        SELECT a.class_id, a.object_id, a.column_id, k.grantee,
            coalesce(jsonb_agg(k.privilege ORDER BY k.privilege) FILTER (WHERE k.was IS NULL AND k.is_now IS NOT NULL), '[]')
                AS gained,
            coalesce(jsonb_agg(k.privilege ORDER BY k.privilege) FILTER (WHERE k.was IS NOT NULL AND k.is_now IS NULL), '[]')
                AS lost,
            jsonb_agg(k.privilege ORDER BY k.privilege) FILTER (WHERE k.was IS NOT TRUE AND k.is_now) AS option_gained,
            jsonb_agg(k.privilege ORDER BY k.privilege) FILTER (WHERE k.was AND k.is_now IS NOT TRUE) AS option_lost
        FROM about AS a
        CROSS JOIN LATERAL (
            SELECT CASE split_part(e.key, ' ', 1) WHEN '0' THEN 'PUBLIC'
                    ELSE pg_get_userbyid(split_part(e.key, ' ', 1)::pg_catalog.oid) END AS grantee,
                substr(e.key, strpos(e.key, ' ') + 1) AS privilege,
                (a.old_privileges ->> e.key)::pg_catalog.bool AS was,
                (a.new_privileges ->> e.key)::pg_catalog.bool AS is_now
            FROM jsonb_object_keys(a.old_privileges || a.new_privileges) AS e (key)
            WHERE a.old_privileges -> e.key IS DISTINCT FROM a.new_privileges -> e.key
            UNION ALL
            -- An unchanged object has its grantees by the statement's word.
            SELECT CASE g.name WHEN 'public' THEN 'PUBLIC' ELSE coalesce(r.rolname, session_user) END, NULL, NULL, NULL
            FROM jsonb_array_elements_text(p_noted -> 'grantees') AS g (name)
            LEFT JOIN pg_catalog.pg_roles AS r ON r.rolname = g.name
            WHERE a.old_privileges = a.new_privileges
                AND (r.rolname IS NOT NULL OR g.name IN ('public', 'current_user', 'current_role', 'session_user'))
        ) AS k
        GROUP BY a.class_id, a.object_id, a.column_id, k.grantee
    ), entry AS (
        SELECT row_number() OVER (ORDER BY o.identity, d.column_id, d.grantee) AS position,
            jsonb_strip_nulls(jsonb_build_object('object', o.identity, 'object_type', o.type,
                'column', CASE WHEN d.column_id <> 0 THEN (SELECT t.attname FROM pg_catalog.pg_attribute AS t
                    WHERE t.attrelid = d.object_id AND t.attnum = d.column_id) END,
                'grantee', d.grantee, 'gained', d.gained, 'lost', d.lost,
                'grant_option_gained', d.option_gained, 'grant_option_lost', d.option_lost)) AS value
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
