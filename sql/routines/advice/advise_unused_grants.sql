-- Lists rights to CREATE in a schema or in the database that nobody used: no login that has the right ran anything that the record
-- has since a moment. Other privileges are not listed, since the record does not see reading. Nothing is listed if the record does
-- not reach 30 days back, if the right was granted in these days, or if it cannot be said quickly. At most 20 grantees are looked at.
CREATE OR REPLACE FUNCTION script_tracking.advise_unused_grants(p_since pg_catalog.timestamptz)
RETURNS TABLE (
    kind pg_catalog.text,
    subject pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    seconds pg_catalog."numeric",
    cases pg_catalog.int8,
    first_seen pg_catalog.timestamptz,
    last_seen pg_catalog.timestamptz,
    evidence pg_catalog.text,
    statement pg_catalog.text,
    execution_keys pg_catalog.bytea[]
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    c_days CONSTANT pg_catalog."interval" := '30 days';
    v_since pg_catalog.timestamptz;
    v_grantee record;
    v_grant record;
    v_logins pg_catalog.text[];
    v_place pg_catalog.int4;
BEGIN
    v_since := greatest(p_since, (SELECT min(m.applied_at) FROM script_tracking.schema_migration AS m));
    IF v_since > statement_timestamp() - c_days THEN
        RETURN;
    END IF;
    FOR v_grantee IN
        SELECT r.oid, r.rolname, array_agg(a.place ORDER BY a.place) AS places, array_agg(a.schema_name ORDER BY a.place) AS schemas
        FROM (
            SELECT format('SCHEMA %I', n.nspname) AS place, n.nspname AS schema_name, e.grantee
            FROM pg_namespace AS n
            CROSS JOIN LATERAL aclexplode(n.nspacl) AS e
            WHERE e.privilege_type = 'CREATE' AND e.grantee <> n.nspowner AND n.nspname !~ '^pg_'
                AND n.nspname NOT IN ('information_schema', 'script_tracking', 'dbtrack_mart')
            UNION ALL
            SELECT format('DATABASE %I', d.datname), NULL, e.grantee
            FROM pg_database AS d
            CROSS JOIN LATERAL aclexplode(d.datacl) AS e
            WHERE d.datname = current_database() AND e.privilege_type = 'CREATE' AND e.grantee <> d.datdba
        ) AS a
        JOIN pg_roles AS r ON r.oid = a.grantee
        WHERE NOT r.rolsuper
        GROUP BY r.oid, r.rolname
        ORDER BY r.rolname
        LIMIT 20
    LOOP
        v_logins := ARRAY(SELECT r.rolname::pg_catalog.text FROM pg_roles AS r
            WHERE r.rolcanlogin AND NOT r.rolsuper AND pg_has_role(r.oid, v_grantee.oid, 'MEMBER') ORDER BY r.rolname LIMIT 21);
        -- Nobody can use it, or too many can.
        CONTINUE WHEN cardinality(v_logins) NOT BETWEEN 1 AND 20;
        CONTINUE WHEN (SELECT bool_and(script_tracking.has_run_nothing(l.login, v_since)) FROM unnest(v_logins) AS l (login)) IS NOT TRUE;
        FOR v_place IN 1 .. cardinality(v_grantee.places) LOOP
            v_grant := NULL;
            SELECT g.granted_at, g.granted_by INTO v_grant
            FROM script_tracking.get_object_grants(p_grantee => v_grantee.rolname) AS g
            WHERE g.privilege = 'CREATE' AND g.object_type = 'schema' AND g.object_identity = quote_ident(v_grantee.schemas[v_place])
            LIMIT 1;
            CONTINUE WHEN v_grant.granted_at > statement_timestamp() - c_days;
            kind := 'grant';
            subject := format('CREATE on %s to %I', v_grantee.places[v_place], v_grantee.rolname);
            cases := cardinality(v_logins);
            first_seen := v_grant.granted_at;
            last_seen := NULL;
            evidence := format('nothing that %s ran is recorded since %s', array_to_string(v_logins, ', '),
                to_char(greatest(v_since, v_grant.granted_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD'));
            statement := format('REVOKE CREATE ON %s FROM %I;', v_grantee.places[v_place], v_grantee.rolname);
            execution_keys := array_remove(ARRAY[v_grant.granted_by], NULL);
            RETURN NEXT;
        END LOOP;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.advise_unused_grants(pg_catalog.timestamptz) IS
    'Rights to CREATE that no login used, as far as the record can show';
