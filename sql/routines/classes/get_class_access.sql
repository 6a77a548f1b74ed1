-- Returns who has access to what is classified, at a moment: each login with each way in. how: grant; owner; superuser;
-- pg_read_all_data and pg_write_all_data; PUBLIC, which is one row for everybody. through: the roles from the login to the one
-- that has the privilege; empty if it has it itself. What is classified is what is so now: a class says what the data are, not
-- since when somebody knows it. A privilege on a column counts if that column is classified.
CREATE OR REPLACE FUNCTION script_tracking.get_class_access(
    p_class pg_catalog.text DEFAULT NULL,
    p_moment pg_catalog.timestamptz DEFAULT NULL,
    p_tenant pg_catalog.bytea DEFAULT NULL
)
RETURNS TABLE (
    object_hk pg_catalog.bytea,
    object_type pg_catalog.text,
    object_identity pg_catalog.text,
    classes pg_catalog.text[],
    classified_columns pg_catalog.text[],
    column_name pg_catalog.text,
    login pg_catalog.text,
    how pg_catalog.text,
    through pg_catalog.text[],
    privileges pg_catalog.text[],
    can_read pg_catalog.bool,
    can_write pg_catalog.bool,
    can_use_schema pg_catalog.bool,
    is_grantable pg_catalog.bool,
    grantor pg_catalog.text,
    granted_at pg_catalog.timestamptz,
    granted_by pg_catalog.bytea,
    cause pg_catalog.text,
    column_number pg_catalog.int4
)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_objects pg_catalog.bytea[];
BEGIN
    SELECT array_agg(DISTINCT g.object_hk) INTO v_objects FROM script_tracking.get_classes(NULL, p_class) AS g
    WHERE (p_moment IS NOT NULL OR NOT g.is_dropped) AND (p_tenant IS NULL OR g.tenant_hk = p_tenant);
    RETURN QUERY
    WITH RECURSIVE target AS MATERIALIZED (
        SELECT g.object_hk, min(g.object_type) AS object_type, array_agg(DISTINCT g.class_name) AS classes,
            bool_or(g.column_number = 0) AS is_whole,
            array_agg(g.column_number) AS numbers,
            coalesce(array_agg(DISTINCT g.column_name) FILTER (WHERE g.column_number > 0), '{}') AS columns
        FROM script_tracking.get_classes(NULL, p_class) AS g
        WHERE g.object_hk = ANY (v_objects)
        GROUP BY g.object_hk
    ), holder AS MATERIALIZED (
        SELECT h.* FROM script_tracking.class_holders(v_objects, p_moment) AS h
    ), role AS MATERIALIZED (
        SELECT r.* FROM script_tracking.class_roles(p_moment) AS r
    ), existing AS (
        SELECT h.object_hk, h.object_identity FROM holder AS h WHERE h.is_owner
    ), given AS MATERIALIZED (
        SELECT h.object_hk, h.object_identity, h.column_name, h.column_number, h.grantee, h.is_owner, h.is_grantable, h.grantor,
            h.granted_at, h.granted_by, h.cause, array_agg(h.privilege ORDER BY h.privilege) AS privileges,
            CASE WHEN h.is_owner THEN 'owner' WHEN h.grantee = 'PUBLIC' THEN 'PUBLIC' ELSE 'grant' END AS how
        FROM holder AS h
        JOIN target AS t ON t.object_hk = h.object_hk
        WHERE h.column_name IS NULL OR t.is_whole OR h.column_number = ANY (t.numbers)
        GROUP BY h.object_hk, h.object_identity, h.column_name, h.column_number, h.grantee, h.is_owner, h.is_grantable, h.grantor,
            h.granted_at, h.granted_by, h.cause
        UNION ALL
        SELECT e.object_hk, e.object_identity, NULL, NULL, r.role_name, false, false, NULL, NULL, NULL, NULL,
            CASE WHEN r.is_superuser THEN '{ALL}'::pg_catalog.text[] WHEN r.role_name = 'pg_read_all_data' THEN '{SELECT}'
                ELSE '{DELETE,INSERT,UPDATE}' END,
            CASE WHEN r.is_superuser THEN 'superuser' ELSE r.role_name END
        FROM existing AS e
        JOIN role AS r ON r.is_superuser OR r.role_name IN ('pg_read_all_data', 'pg_write_all_data')
    ), member (start, role_name, path) AS (
        SELECT DISTINCT g.grantee, g.grantee, '{}'::pg_catalog.text[] FROM given AS g WHERE g.how <> 'PUBLIC'
        UNION ALL
        SELECT m.start, r.role_name, m.path || m.role_name
        FROM member AS m
        JOIN role AS r ON m.role_name = ANY (r.member_of)
        WHERE r.role_name <> ALL (m.path) AND r.role_name <> m.start AND cardinality(m.path) < 16
    ), reached AS (
        -- Of several paths the shortest.
        SELECT DISTINCT ON (m.start, m.role_name) m.start, m.role_name, m.path
        FROM member AS m
        LEFT JOIN role AS r ON r.role_name = m.role_name
        -- A role that is gone since is told as it was.
        WHERE r.can_login OR r.role_name IS NULL
        ORDER BY m.start, m.role_name, cardinality(m.path)
    )
    SELECT g.object_hk, t.object_type, g.object_identity, t.classes, CASE WHEN NOT t.is_whole THEN t.columns END, g.column_name,
        coalesce(m.role_name, 'PUBLIC'), g.how,
        -- From the login to the role that has the privilege.
        ARRAY(SELECT p.name FROM unnest(m.path) WITH ORDINALITY AS p (name, place) ORDER BY p.place DESC),
        g.privileges, g.privileges && '{ALL,SELECT}', g.privileges && '{ALL,INSERT,UPDATE,DELETE,TRUNCATE}',
        CASE WHEN p_moment IS NOT NULL THEN NULL
            WHEN m.role_name IS NULL THEN EXISTS (SELECT FROM pg_catalog.pg_namespace AS n
                CROSS JOIN LATERAL aclexplode(n.nspacl) AS a
                WHERE n.nspname = u.schema_name AND a.grantee = 0 AND a.privilege_type = 'USAGE')
            WHEN g.how IN ('pg_read_all_data', 'pg_write_all_data') THEN true
            ELSE has_schema_privilege(m.role_name::pg_catalog.name, u.schema_name, 'USAGE')
                -- One that does not inherit can SET ROLE to those between.
                OR EXISTS (SELECT FROM unnest(m.path) AS p (name)
                    WHERE has_schema_privilege(p.name::pg_catalog.name, u.schema_name, 'USAGE')) END,
        g.is_grantable, g.grantor, g.granted_at, g.granted_by, g.cause, g.column_number
    FROM given AS g
    JOIN target AS t ON t.object_hk = g.object_hk
    LEFT JOIN reached AS m ON m.start = g.grantee AND g.how <> 'PUBLIC'
    CROSS JOIN LATERAL (SELECT (parse_ident(g.object_identity))[1] AS schema_name) AS u
    WHERE g.how = 'PUBLIC' OR m.role_name IS NOT NULL
    ORDER BY g.object_identity, coalesce(m.role_name, 'PUBLIC'), g.how, g.column_name NULLS FIRST, g.granted_at;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_class_access(pg_catalog.text, pg_catalog.timestamptz, pg_catalog.bytea) IS
    'Who has access to what is classified (p_class: only as this; p_tenant: only of this one) at a moment (NULL: now), '
    'each login with each way in';
