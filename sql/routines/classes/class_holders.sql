-- Returns the privileges on classified objects at a moment as they were given: to a role by its name, to everybody, or to the owner.
-- The present ones are those of the catalogs; who granted them when is known by the history of objects.
CREATE OR REPLACE FUNCTION script_tracking.class_holders(p_objects pg_catalog.bytea[], p_moment pg_catalog.timestamptz)
RETURNS TABLE (
    object_hk pg_catalog.bytea,
    object_identity pg_catalog.text,
    column_name pg_catalog.text,
    column_number pg_catalog.int4,
    grantee pg_catalog.text,
    privilege pg_catalog.text,
    is_grantable pg_catalog.bool,
    grantor pg_catalog.text,
    granted_at pg_catalog.timestamptz,
    granted_by pg_catalog.bytea,
    cause pg_catalog.text,
    is_owner pg_catalog.bool
)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    IF p_moment IS NOT NULL THEN
        RETURN QUERY
        WITH part AS MATERIALIZED (
            SELECT p.* FROM script_tracking.get_object_parts(p_objects, p_moment) AS p WHERE p.kind IN ('relation', 'column')
        )
        SELECT g.object_hk, g.object_identity, g.column_name, (
                SELECT substr(p.part, 8)::pg_catalog.int4 FROM part AS p
                WHERE p.object_hk = g.object_hk AND p.kind = 'column' AND p.name = g.column_name LIMIT 1),
            g.grantee, g.privilege, g.is_grantable, g.grantor, g.granted_at, g.granted_by, g.cause, false
        FROM script_tracking.get_object_grants(NULL, p_objects, p_moment) AS g
        UNION ALL
        SELECT p.object_hk, (
            SELECT s.object_identity FROM script_tracking.object_s AS s
            WHERE s.object_hk = p.object_hk AND s.load_date <= p_moment ORDER BY s.load_date DESC, s.version_number DESC LIMIT 1),
            NULL, NULL, p.body ->> 'owner', 'ALL', true, NULL, NULL, NULL, NULL, true
        FROM part AS p
        WHERE p.kind = 'relation';
        RETURN;
    END IF;
    RETURN QUERY
    WITH relation AS MATERIALIZED (
        SELECT script_tracking.calculate_hash_key(r.object_bk) AS object_hk, r.object_identity, c.oid, c.relacl, c.relowner
        FROM script_tracking.class_relations() AS r
        JOIN pg_catalog.pg_class AS c ON c.oid = r.relation
        WHERE script_tracking.calculate_hash_key(r.object_bk) = ANY (p_objects)
    ), held AS (
        SELECT r.object_hk, r.object_identity, NULL::pg_catalog.text AS column_name, NULL::pg_catalog.int4 AS column_number,
            r.relowner, a.*
        FROM relation AS r
        CROSS JOIN LATERAL aclexplode(r.relacl) AS a
        UNION ALL
        SELECT r.object_hk, r.object_identity, t.attname, t.attnum, r.relowner, a.* FROM relation AS r
        JOIN pg_catalog.pg_attribute AS t ON t.attrelid = r.oid AND t.attnum > 0 AND NOT t.attisdropped AND t.attacl IS NOT NULL
        CROSS JOIN LATERAL aclexplode(t.attacl) AS a
    ), known AS MATERIALIZED (
        SELECT g.* FROM script_tracking.get_object_grants(NULL, p_objects) AS g
    )
    SELECT h.object_hk, h.object_identity, h.column_name, h.column_number, n.grantee, h.privilege_type, h.is_grantable,
        pg_get_userbyid(h.grantor)::pg_catalog.text, k.granted_at, k.granted_by, k.cause, false
    FROM held AS h
    CROSS JOIN LATERAL (
        SELECT CASE h.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(h.grantee)::pg_catalog.text END AS grantee) AS n
    LEFT JOIN known AS k ON k.object_hk = h.object_hk AND k.column_name IS NOT DISTINCT FROM h.column_name
        AND k.grantee = n.grantee AND k.privilege = h.privilege_type AND k.grantor = pg_get_userbyid(h.grantor)
        AND k.is_grantable = h.is_grantable
    WHERE h.grantee <> h.relowner
    UNION ALL
    SELECT r.object_hk, r.object_identity, NULL, NULL, pg_get_userbyid(r.relowner), 'ALL', true, NULL, NULL, NULL, NULL, true
    FROM relation AS r;
END
$function$;

COMMENT ON FUNCTION script_tracking.class_holders(pg_catalog.bytea[], pg_catalog.timestamptz) IS
    'The privileges on objects at a moment (NULL: now) as they were given, and the owner, whose privilege is ALL';
