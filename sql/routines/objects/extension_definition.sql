-- Describes what extends PostgreSQL itself, with the statement that creates it: languages, access methods, transforms, conversions,
-- operator families and classes, text search parsers and templates. NULL: there is none.
CREATE OR REPLACE FUNCTION script_tracking.extension_definition(
    p_catalog pg_catalog.oid,
    p_object pg_catalog.oid,
    p_identity pg_catalog.text,
    OUT o_body pg_catalog.jsonb,
    OUT o_acl pg_catalog._aclitem
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
AS $function$
BEGIN
    CASE p_catalog
        WHEN 2612 THEN
            SELECT jsonb_build_object('name', l.lanname, 'owner', pg_get_userbyid(l.lanowner), 'acl', to_jsonb(l.lanacl::pg_catalog.text[]),
                'definition', concat_ws(' ', 'CREATE', CASE WHEN l.lanpltrusted THEN 'TRUSTED' END, 'LANGUAGE', quote_ident(l.lanname),
                    'HANDLER ' || nullif(l.lanplcallfoid, 0)::pg_catalog.regproc::pg_catalog.text,
                    'INLINE ' || nullif(l.laninline, 0)::pg_catalog.regproc::pg_catalog.text,
                    'VALIDATOR ' || nullif(l.lanvalidator, 0)::pg_catalog.regproc::pg_catalog.text)), l.lanacl
            INTO o_body, o_acl
            FROM pg_language AS l WHERE l.oid = p_object;
        WHEN 2601 THEN
            SELECT jsonb_build_object('name', a.amname, 'definition', format('CREATE ACCESS METHOD %I TYPE %s HANDLER %s', a.amname,
                CASE a.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END, a.amhandler::pg_catalog.regproc))
            INTO o_body
            FROM pg_am AS a WHERE a.oid = p_object;
        WHEN 3576 THEN
            SELECT jsonb_build_object('definition', format('CREATE TRANSFORM FOR %s LANGUAGE %I (%s)',
                format_type(t.trftype, NULL), l.lanname, concat_ws(', ',
                    'FROM SQL WITH FUNCTION ' || nullif(t.trffromsql, 0)::pg_catalog.regprocedure::pg_catalog.text,
                    'TO SQL WITH FUNCTION ' || nullif(t.trftosql, 0)::pg_catalog.regprocedure::pg_catalog.text)))
            INTO o_body
            FROM pg_transform AS t JOIN pg_language AS l ON l.oid = t.trflang WHERE t.oid = p_object;
        WHEN 2607 THEN
            SELECT jsonb_build_object('name', c.conname, 'schema', n.nspname, 'owner', pg_get_userbyid(c.conowner),
                'definition', format('CREATE %sCONVERSION %s FOR %L TO %L FROM %s', CASE WHEN c.condefault THEN 'DEFAULT ' ELSE '' END,
                    p_identity, pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding),
                    c.conproc::pg_catalog.regproc))
            INTO o_body
            FROM pg_conversion AS c JOIN pg_namespace AS n ON n.oid = c.connamespace WHERE c.oid = p_object;
        WHEN 3601 THEN
            -- The function after GETTOKEN counts as a secret, and is left out.
            SELECT jsonb_build_object('name', p.prsname, 'schema', n.nspname, 'definition', format('CREATE TEXT SEARCH PARSER %s (%s)',
                p_identity, concat_ws(', ', 'START = ' || p.prsstart::pg_catalog.regproc::pg_catalog.text,
                    'GETTOKEN = ' || p.prstoken::pg_catalog.regproc::pg_catalog.text,
                    'END = ' || p.prsend::pg_catalog.regproc::pg_catalog.text,
                    'LEXTYPES = ' || p.prslextype::pg_catalog.regproc::pg_catalog.text,
                    'HEADLINE = ' || nullif(p.prsheadline, 0)::pg_catalog.regproc::pg_catalog.text)))
            INTO o_body
            FROM pg_ts_parser AS p JOIN pg_namespace AS n ON n.oid = p.prsnamespace WHERE p.oid = p_object;
        WHEN 3764 THEN
            SELECT jsonb_build_object('name', t.tmplname, 'schema', n.nspname, 'definition', format('CREATE TEXT SEARCH TEMPLATE %s (%s)',
                p_identity, concat_ws(', ', 'INIT = ' || nullif(t.tmplinit, 0)::pg_catalog.regproc::pg_catalog.text,
                    'LEXIZE = ' || t.tmpllexize::pg_catalog.regproc::pg_catalog.text)))
            INTO o_body
            FROM pg_ts_template AS t JOIN pg_namespace AS n ON n.oid = t.tmplnamespace WHERE t.oid = p_object;
        WHEN 2753 THEN
            -- What belongs to a class is in the class.
            SELECT jsonb_build_object('name', f.opfname, 'schema', n.nspname, 'owner', pg_get_userbyid(f.opfowner),
                'definition', concat_ws(E';\n', format('CREATE OPERATOR FAMILY %s', p_identity),
                    'ALTER OPERATOR FAMILY ' || p_identity
                        || ' ADD ' || nullif(script_tracking.access_method_members(p_catalog, p_object), '')))
            INTO o_body
            FROM pg_opfamily AS f JOIN pg_namespace AS n ON n.oid = f.opfnamespace WHERE f.oid = p_object;
        WHEN 2616 THEN
            SELECT jsonb_build_object('name', c.opcname, 'schema', n.nspname, 'owner', pg_get_userbyid(c.opcowner),
                'definition', format('CREATE OPERATOR CLASS %I.%I %sFOR TYPE %s USING %I FAMILY %I.%I AS %s', n.nspname, c.opcname,
                    CASE WHEN c.opcdefault THEN 'DEFAULT ' ELSE '' END, format_type(c.opcintype, NULL), a.amname, m.nspname, f.opfname,
                    -- The statement must have one member.
                    concat_ws(', ', nullif(k.members, ''), 'STORAGE ' || format_type(CASE WHEN c.opckeytype <> 0 THEN c.opckeytype
                        WHEN k.members = '' THEN c.opcintype END, NULL))))
            INTO o_body
            FROM pg_opclass AS c
            JOIN pg_namespace AS n ON n.oid = c.opcnamespace
            JOIN pg_am AS a ON a.oid = c.opcmethod
            JOIN pg_opfamily AS f ON f.oid = c.opcfamily
            JOIN pg_namespace AS m ON m.oid = f.opfnamespace
            CROSS JOIN script_tracking.access_method_members(p_catalog, p_object) AS k (members)
            WHERE c.oid = p_object;
        ELSE
            NULL;
    END CASE;
END
$function$;

COMMENT ON FUNCTION script_tracking.extension_definition(pg_catalog.oid, pg_catalog.oid, pg_catalog.text) IS
    'Languages, access methods, operator classes and others that extend PostgreSQL, with the statement that creates each';
