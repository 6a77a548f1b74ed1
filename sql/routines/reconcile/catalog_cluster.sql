-- Returns what all databases of the server share: roles with their memberships and settings, databases, tablespaces.
-- Never a password, nor a hash of one: the owner of these functions cannot read them.
CREATE OR REPLACE FUNCTION script_tracking.catalog_cluster()
RETURNS TABLE (
    class_id pg_catalog.oid,
    object_id pg_catalog.oid,
    owner_id pg_catalog.oid,
    acl pg_catalog.text,
    definition pg_catalog.text,
    attributes pg_catalog.jsonb
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
SET "DateStyle" = 'ISO, YMD'
AS $function$
    WITH membership AS MATERIALIZED (
        SELECT m.member, string_agg((to_jsonb(m) - 'oid')::pg_catalog.text, E'\n' ORDER BY m.roleid, m.grantor)
                AS definition,
            jsonb_object_agg('member of ' || pg_get_userbyid(m.roleid),
                CASE WHEN m.admin_option THEN 'may grant it on' ELSE 'yes' END) AS shown
        FROM pg_catalog.pg_auth_members AS m GROUP BY m.member
    ), setting AS MATERIALIZED (
        SELECT s.setdatabase, s.setrole, s.setconfig::pg_catalog.text AS definition,
            (SELECT jsonb_object_agg('setting ' || split_part(c, '=', 1) || coalesce(' in ' || d.datname, ''),
                script_tracking.shown_setting(split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)))
             FROM unnest(s.setconfig) AS c) AS shown
        FROM pg_catalog.pg_db_role_setting AS s
        LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase AND s.setrole <> 0
    )
    SELECT 'pg_authid'::pg_catalog.regclass::pg_catalog.oid, r.oid, NULL::pg_catalog.oid, NULL::pg_catalog.text,
        concat_ws(E'\n', (to_jsonb(r) - '{oid,rolpassword,rolconfig}'::pg_catalog.text[]), m.definition, s.definition),
        jsonb_strip_nulls(jsonb_build_object('superuser', r.rolsuper, 'login', r.rolcanlogin, 'inherit', r.rolinherit,
            'create role', r.rolcreaterole, 'create database', r.rolcreatedb, 'replication', r.rolreplication,
            'bypass row security', r.rolbypassrls, 'connection limit', nullif(r.rolconnlimit, -1),
            'valid until', r.rolvaliduntil)) || coalesce(m.shown, '{}') || coalesce(s.shown, '{}')
    FROM pg_catalog.pg_roles AS r
    LEFT JOIN membership AS m ON m.member = r.oid
    LEFT JOIN LATERAL (
        SELECT string_agg(ROW(t.setdatabase, t.definition)::pg_catalog.text, E'\n' ORDER BY t.setdatabase) AS definition,
            jsonb_object_agg(e.key, e.value) AS shown
        FROM setting AS t CROSS JOIN LATERAL jsonb_each(t.shown) AS e
        WHERE t.setrole = r.oid) AS s ON true
    UNION ALL
    SELECT 'pg_database'::pg_catalog.regclass, d.oid, d.datdba, script_tracking.canonical_acl(d.datacl),
        concat_ws(E'\n', ROW(d.datname, d.encoding, d.datcollate, d.datctype, d.datistemplate, d.datallowconn,
            d.datconnlimit, d.dattablespace)::pg_catalog.text, s.definition),
        jsonb_strip_nulls(jsonb_build_object('template', nullif(d.datistemplate, false),
            'connections allowed', d.datallowconn, 'connection limit', nullif(d.datconnlimit, -1),
            'acl', d.datacl::pg_catalog.text)) || coalesce(s.shown, '{}')
    FROM pg_catalog.pg_database AS d
    LEFT JOIN setting AS s ON s.setdatabase = d.oid AND s.setrole = 0
    UNION ALL
    SELECT 'pg_tablespace'::pg_catalog.regclass, t.oid, t.spcowner, script_tracking.canonical_acl(t.spcacl),
        ROW(t.spcname, t.spcoptions)::pg_catalog.text,
        jsonb_strip_nulls(jsonb_build_object('options', t.spcoptions, 'acl', t.spcacl::pg_catalog.text))
    FROM pg_catalog.pg_tablespace AS t
    UNION ALL
    SELECT 'pg_parameter_acl'::pg_catalog.regclass, p.oid, NULL, script_tracking.canonical_acl(p.paracl), p.parname,
        jsonb_build_object('acl', p.paracl::pg_catalog.text)
    FROM pg_catalog.pg_parameter_acl AS p
$function$;

COMMENT ON FUNCTION script_tracking.catalog_cluster() IS
    'What defines each role, database and tablespace, for dbtrack reconcile';
