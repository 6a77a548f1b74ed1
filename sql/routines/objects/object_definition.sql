-- Describes an object that is not a relation, as object_s stores it: one part, 'definition'. Returns a row as relation_parts
-- does; NULL if there is no such object, or if its catalog has no history.
CREATE OR REPLACE FUNCTION script_tracking.object_definition(
    p_catalog pg_catalog.oid,
    p_object pg_catalog.oid,
    p_cause pg_catalog.text,
    p_redaction pg_catalog.text
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
-- Constants are rendered as these say, and a session may have others.
SET "DateStyle" = 'ISO, YMD'
SET "IntervalStyle" = 'postgres'
SET "TimeZone" = 'UTC'
SET bytea_output = 'hex'
SET extra_float_digits = 1
AS $function$
DECLARE
    v_acl pg_catalog._aclitem;
    v_body pg_catalog.jsonb;
    v_definition pg_catalog.jsonb;
    v_grantees pg_catalog.jsonb;
    v_row pg_catalog.jsonb;
BEGIN
    CASE p_catalog
        WHEN 1255 THEN
            SELECT jsonb_build_object('name', p.proname, 'schema', n.nspname, 'owner', pg_get_userbyid(p.proowner),
                'acl', to_jsonb(p.proacl::pg_catalog.text[]), 'arguments', pg_get_function_identity_arguments(p.oid),
                'definition', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END,
                'aggregate', CASE WHEN p.prokind = 'a' THEN (SELECT to_jsonb(a) - '{aggfnoid}'::pg_catalog.text[]
                    FROM pg_aggregate AS a WHERE a.aggfnoid = p.oid) END), p.proacl
            INTO v_body, v_acl
            FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE p.oid = p_object;
        WHEN 1247 THEN
            SELECT jsonb_build_object('name', t.typname, 'schema', n.nspname, 'owner', pg_get_userbyid(t.typowner),
                'acl', to_jsonb(t.typacl::pg_catalog.text[]), 'kind', t.typtype, 'default', t.typdefault,
                'base', CASE WHEN t.typbasetype <> 0 THEN format_type(t.typbasetype, t.typtypmod) END,
                'not_null', CASE WHEN t.typtype = 'd' THEN t.typnotnull END,
                'collation', CASE WHEN t.typtype = 'd' AND t.typcollation NOT IN (0, 100)
                    THEN t.typcollation::pg_catalog.regcollation::pg_catalog.text END,
                'labels', CASE WHEN t.typtype = 'e' THEN (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder)
                    FROM pg_enum AS e WHERE e.enumtypid = t.oid) END,
                'subtype', CASE WHEN t.typtype = 'r' THEN (SELECT format_type(r.rngsubtype, NULL)
                    FROM pg_range AS r WHERE r.rngtypid = t.oid) END,
                'checks', CASE WHEN t.typtype = 'd' THEN (SELECT jsonb_object_agg(o.conname, pg_get_constraintdef(o.oid))
                    FROM pg_constraint AS o WHERE o.contypid = t.oid) END), t.typacl
            INTO v_body, v_acl
            FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace WHERE t.oid = p_object;
        WHEN 2615 THEN
            SELECT jsonb_build_object('name', n.nspname, 'owner', pg_get_userbyid(n.nspowner),
                'acl', to_jsonb(n.nspacl::pg_catalog.text[])), n.nspacl
            INTO v_body, v_acl
            FROM pg_namespace AS n WHERE n.oid = p_object;
        WHEN 3381 THEN
            SELECT jsonb_build_object('name', s.stxname, 'schema', n.nspname, 'owner', pg_get_userbyid(s.stxowner),
                'definition', pg_get_statisticsobjdef(s.oid))
            INTO v_body
            FROM pg_statistic_ext AS s JOIN pg_namespace AS n ON n.oid = s.stxnamespace WHERE s.oid = p_object;
        -- Options carry passwords: only those are kept that say where something is.
        WHEN 1417 THEN
            SELECT jsonb_build_object('name', s.srvname, 'owner', pg_get_userbyid(s.srvowner), 'type', s.srvtype,
                'version', s.srvversion, 'acl', to_jsonb(s.srvacl::pg_catalog.text[]),
                'wrapper', (SELECT w.fdwname FROM pg_foreign_data_wrapper AS w WHERE w.oid = s.srvfdw),
                'options', script_tracking.shown_options(s.srvoptions)), s.srvacl
            INTO v_body, v_acl
            FROM pg_foreign_server AS s WHERE s.oid = p_object;
        WHEN 2328 THEN
            SELECT jsonb_build_object('name', w.fdwname, 'owner', pg_get_userbyid(w.fdwowner),
                'acl', to_jsonb(w.fdwacl::pg_catalog.text[]),
                'handler', nullif(w.fdwhandler, 0)::pg_catalog.regproc::pg_catalog.text,
                'validator', nullif(w.fdwvalidator, 0)::pg_catalog.regproc::pg_catalog.text,
                'options', script_tracking.shown_options(w.fdwoptions)), w.fdwacl
            INTO v_body, v_acl
            FROM pg_foreign_data_wrapper AS w WHERE w.oid = p_object;
        WHEN 3079 THEN
            SELECT jsonb_build_object('name', e.extname, 'owner', pg_get_userbyid(e.extowner), 'version', e.extversion,
                'schema', e.extnamespace::pg_catalog.regnamespace::pg_catalog.text)
            INTO v_body
            FROM pg_extension AS e WHERE e.oid = p_object;
        ELSE
            SELECT d.o_body, d.o_acl INTO v_body, v_acl FROM script_tracking.other_definition(p_catalog, p_object) AS d;
    END CASE;
    IF v_body IS NULL OR v_body ->> 'schema' = 'script_tracking' OR v_body ->> 'schema' LIKE 'pg@_temp@_%' ESCAPE '@'
        OR (p_catalog = 2615 AND v_body ->> 'name' = 'script_tracking') THEN
        RETURN NULL;
    END IF;
    v_definition := jsonb_build_object('definition', jsonb_strip_nulls(v_body || jsonb_build_object('comment',
        (SELECT b.description FROM pg_description AS b
         WHERE b.objoid = p_object AND b.classoid = p_catalog AND b.objsubid = 0))));
    IF p_redaction <> 'none' THEN
        v_definition := script_tracking.redact_definition(v_definition, p_redaction, NULL,
            'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':' || p_catalog::pg_catalog.regclass::pg_catalog.text || ':'
                || p_object, NULL);
    END IF;
    IF v_acl IS NOT NULL THEN
        v_grantees := to_jsonb(ARRAY(SELECT DISTINCT CASE g.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(g.grantee) END
            FROM aclexplode(v_acl) AS g));
    END IF;
    SELECT jsonb_build_array('script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':'
            || p_catalog::pg_catalog.regclass::pg_catalog.text || ':' || p_object,
        i.type, i.identity, p_cause, v_grantees, v_definition)
    INTO v_row
    FROM pg_identify_object(p_catalog, p_object, 0) AS i;
    RETURN v_row || to_jsonb(encode(sha256(convert_to(v_row::pg_catalog.text,
        CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END)), 'hex'));
END
$function$;

COMMENT ON FUNCTION script_tracking.object_definition(pg_catalog.oid, pg_catalog.oid, pg_catalog.text, pg_catalog.text) IS
    'An object that is not a relation, as object_s stores it';
