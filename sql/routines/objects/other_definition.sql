-- Describes the objects that object_definition leaves to it, with the statement that creates each, because PostgreSQL has no function that
-- writes one: collations, casts, operators, text search, publications, subscriptions, event triggers, user mappings, default privileges.
-- Neither the connection of a subscription nor the options of a user mapping are read. NULL: there is none, or the system made it.
CREATE OR REPLACE FUNCTION script_tracking.other_definition(
    p_catalog pg_catalog.oid,
    p_object pg_catalog.oid,
    OUT o_body pg_catalog.jsonb,
    OUT o_acl pg_catalog._aclitem
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
AS $function$
DECLARE
    -- Whose column names differ between the versions.
    v_row pg_catalog.jsonb;
    v_identity CONSTANT pg_catalog.text := (SELECT i.identity FROM pg_identify_object(p_catalog, p_object, 0) AS i);
BEGIN
    IF p_object < 16384 THEN
        RETURN;
    END IF;
    CASE p_catalog
        WHEN 3456 THEN
            SELECT to_jsonb(c) INTO v_row FROM pg_collation AS c WHERE c.oid = p_object;
            SELECT jsonb_build_object('name', c.collname, 'schema', n.nspname, 'owner', pg_get_userbyid(c.collowner),
                'definition', format('CREATE COLLATION %s (%s)', v_identity, concat_ws(', ',
                    'PROVIDER = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' WHEN 'c' THEN 'libc' END,
                    'LOCALE = ' || quote_literal(coalesce(v_row ->> 'colllocale', v_row ->> 'colliculocale')),
                    'LC_COLLATE = ' || quote_literal(c.collcollate), 'LC_CTYPE = ' || quote_literal(c.collctype),
                    'RULES = ' || quote_literal(v_row ->> 'collicurules'),
                    CASE WHEN NOT c.collisdeterministic THEN 'DETERMINISTIC = false' END)))
            INTO o_body
            FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid = c.collnamespace WHERE c.oid = p_object;
        WHEN 2605 THEN
            SELECT jsonb_build_object('name', v_identity, 'definition', format('CREATE CAST %s %s%s', v_identity,
                CASE c.castmethod WHEN 'i' THEN 'WITH INOUT' WHEN 'b' THEN 'WITHOUT FUNCTION'
                    ELSE 'WITH FUNCTION ' || c.castfunc::pg_catalog.regprocedure::pg_catalog.text END,
                CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END))
            INTO o_body
            FROM pg_cast AS c WHERE c.oid = p_object;
        WHEN 2617 THEN
            -- Not the shell that stands for a commutator until that is created.
            SELECT jsonb_build_object('name', o.oprname, 'schema', n.nspname, 'owner', pg_get_userbyid(o.oprowner),
                'definition', format('CREATE OPERATOR %I.%s (%s)', n.nspname, o.oprname, concat_ws(', ',
                    'FUNCTION = ' || o.oprcode::pg_catalog.regproc::pg_catalog.text,
                    'LEFTARG = ' || format_type(nullif(o.oprleft, 0), NULL), 'RIGHTARG = ' || format_type(o.oprright, NULL),
                    'COMMUTATOR = ' || (SELECT format('OPERATOR(%I.%s)', m.nspname, p.oprname)
                        FROM pg_operator AS p JOIN pg_namespace AS m ON m.oid = p.oprnamespace WHERE p.oid = o.oprcom),
                    'NEGATOR = ' || (SELECT format('OPERATOR(%I.%s)', m.nspname, p.oprname)
                        FROM pg_operator AS p JOIN pg_namespace AS m ON m.oid = p.oprnamespace WHERE p.oid = o.oprnegate),
                    'RESTRICT = ' || nullif(o.oprrest, 0)::pg_catalog.regproc::pg_catalog.text,
                    'JOIN = ' || nullif(o.oprjoin, 0)::pg_catalog.regproc::pg_catalog.text,
                    CASE WHEN o.oprcanhash THEN 'HASHES' END, CASE WHEN o.oprcanmerge THEN 'MERGES' END)))
            INTO o_body
            FROM pg_operator AS o JOIN pg_namespace AS n ON n.oid = o.oprnamespace WHERE o.oid = p_object AND o.oprcode <> 0;
        WHEN 3602 THEN
            SELECT jsonb_build_object('name', c.cfgname, 'schema', n.nspname, 'owner', pg_get_userbyid(c.cfgowner),
                'definition', concat_ws(E';\n', format('CREATE TEXT SEARCH CONFIGURATION %s (PARSER = %I.%I)', v_identity, m.nspname,
                    p.prsname), (
                    SELECT string_agg(format('ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %I WITH %s', v_identity, k.alias,
                        k.dictionaries), E';\n' ORDER BY k.alias)
                    FROM (SELECT t.alias, string_agg(a.mapdict::pg_catalog.regdictionary::pg_catalog.text, ', ' ORDER BY a.mapseqno)
                            AS dictionaries
                        FROM pg_ts_config_map AS a JOIN ts_token_type(c.cfgparser) AS t ON t.tokid = a.maptokentype
                        WHERE a.mapcfg = c.oid GROUP BY t.alias) AS k)))
            INTO o_body
            FROM pg_ts_config AS c
            JOIN pg_namespace AS n ON n.oid = c.cfgnamespace
            JOIN pg_ts_parser AS p ON p.oid = c.cfgparser
            JOIN pg_namespace AS m ON m.oid = p.prsnamespace
            WHERE c.oid = p_object;
        WHEN 3600 THEN
            SELECT jsonb_build_object('name', d.dictname, 'schema', n.nspname, 'owner', pg_get_userbyid(d.dictowner),
                'definition', format('CREATE TEXT SEARCH DICTIONARY %s (TEMPLATE = %I.%I%s)', v_identity, m.nspname, t.tmplname,
                    ', ' || d.dictinitoption))
            INTO o_body
            FROM pg_ts_dict AS d
            JOIN pg_namespace AS n ON n.oid = d.dictnamespace
            JOIN pg_ts_template AS t ON t.oid = d.dicttemplate
            JOIN pg_namespace AS m ON m.oid = t.tmplnamespace
            WHERE d.oid = p_object;
        WHEN 6104 THEN
            SELECT to_jsonb(p) INTO v_row FROM pg_publication AS p WHERE p.oid = p_object;
            SELECT jsonb_build_object('name', p.pubname, 'owner', pg_get_userbyid(p.pubowner), 'definition', concat_ws(' ',
                'CREATE PUBLICATION', quote_ident(p.pubname), CASE WHEN p.puballtables THEN 'FOR ALL TABLES' ELSE (
                    SELECT 'FOR ' || string_agg(m.member, ', ' ORDER BY m.member)
                    FROM (
                        SELECT 'TABLE ' || r.prrelid::pg_catalog.regclass::pg_catalog.text
                            || coalesce((SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
                                FROM unnest(r.prattrs) AS k (number)
                                JOIN pg_attribute AS a ON a.attrelid = r.prrelid AND a.attnum = k.number), '')
                            || coalesce(' WHERE ' || pg_get_expr(r.prqual, r.prrelid), '') AS member
                        FROM pg_publication_rel AS r WHERE r.prpubid = p.oid
                        UNION ALL
                        SELECT 'TABLES IN SCHEMA ' || s.pnnspid::pg_catalog.regnamespace::pg_catalog.text
                        FROM pg_publication_namespace AS s WHERE s.pnpubid = p.oid) AS m) END,
                format('WITH (publish = %L%s%s)', concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END,
                        CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END,
                        CASE WHEN p.pubtruncate THEN 'truncate' END),
                    CASE WHEN p.pubviaroot THEN ', publish_via_partition_root = true' END,
                    CASE WHEN v_row ->> 'pubgencols' = 's' THEN ', publish_generated_columns = stored' END)))
            INTO o_body
            FROM pg_publication AS p WHERE p.oid = p_object;
        WHEN 6100 THEN
            SELECT jsonb_build_object('name', s.subname, 'owner', pg_get_userbyid(s.subowner), 'definition', concat_ws(' ',
                'CREATE SUBSCRIPTION', quote_ident(s.subname), $$CONNECTION '***' PUBLICATION$$, (
                    SELECT string_agg(quote_ident(p.name), ', ' ORDER BY p.name) FROM unnest(s.subpublications) AS p (name)),
                format('WITH (%s)', concat_ws(', ', 'enabled = ' || s.subenabled, 'slot_name = ' || coalesce(quote_literal(s.subslotname),
                    'NONE'), 'synchronous_commit = ' || quote_literal(s.subsynccommit), CASE WHEN s.subbinary THEN 'binary = true' END))))
            INTO o_body
            FROM pg_subscription AS s WHERE s.oid = p_object;
        WHEN 3466 THEN
            SELECT jsonb_build_object('name', e.evtname, 'owner', pg_get_userbyid(e.evtowner), 'enabled', e.evtenabled,
                'definition', concat_ws(' ', 'CREATE EVENT TRIGGER', quote_ident(e.evtname), 'ON', e.evtevent,
                    'WHEN TAG IN (' || (SELECT string_agg(quote_literal(t.tag), ', ' ORDER BY t.tag) FROM unnest(e.evttags) AS t (tag))
                    || ')', 'EXECUTE FUNCTION ' || e.evtfoid::pg_catalog.regproc::pg_catalog.text || '()'))
            INTO o_body
            FROM pg_event_trigger AS e
            JOIN pg_proc AS p ON p.oid = e.evtfoid AND p.pronamespace <> 'script_tracking'::pg_catalog.regnamespace
            WHERE e.oid = p_object;
        WHEN 1418 THEN
            SELECT jsonb_build_object('name', u.usename, 'server', u.srvname, 'definition', format('CREATE USER MAPPING FOR %s SERVER %I',
                CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END, u.srvname))
            INTO o_body
            FROM pg_user_mappings AS u WHERE u.umid = p_object;
        WHEN 826 THEN
            SELECT jsonb_build_object('name', v_identity, 'owner', pg_get_userbyid(d.defaclrole),
                'acl', to_jsonb(d.defaclacl::pg_catalog.text[]), 'definition', concat_ws(E';\n', (
                    -- Without a schema, the list replaces what everybody has without one.
                    SELECT string_agg(format('ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE ALL ON %s FROM %s', pg_get_userbyid(d.defaclrole),
                        k.objects, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END), E';\n'
                        ORDER BY g.grantee)
                    FROM (SELECT DISTINCT x.grantee FROM aclexplode(acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's'
                        ELSE d.defaclobjtype END, d.defaclrole)) AS x WHERE d.defaclnamespace = 0) AS g), (
                    SELECT string_agg(format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s GRANT %s ON %s TO %s%s', pg_get_userbyid(d.defaclrole),
                        ' IN SCHEMA ' || quote_ident(n.nspname), a.privileges, k.objects,
                        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                        CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), E';\n' ORDER BY a.grantee, a.is_grantable)
                    FROM (SELECT x.grantee, x.is_grantable, string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type) AS privileges
                        FROM aclexplode(d.defaclacl) AS x GROUP BY x.grantee, x.is_grantable) AS a))), d.defaclacl
            INTO o_body, o_acl
            FROM pg_default_acl AS d
            LEFT JOIN pg_namespace AS n ON n.oid = d.defaclnamespace
            CROSS JOIN LATERAL (SELECT CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
                WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' WHEN 'L' THEN 'LARGE OBJECTS' END AS objects) AS k
            WHERE d.oid = p_object;
        ELSE
            SELECT d.o_body, d.o_acl INTO o_body, o_acl FROM script_tracking.extension_definition(p_catalog, p_object, v_identity) AS d;
    END CASE;
END
$function$;

COMMENT ON FUNCTION script_tracking.other_definition(pg_catalog.oid, pg_catalog.oid) IS
    'Collations, casts, publications and others, with the statement that creates each';
