-- Returns everything else of the database that has a catalog row: functions, types, schemas, extensions and the rest. A
-- row's oid is its identity, not its definition; owner and privileges are compared separately.
CREATE OR REPLACE FUNCTION script_tracking.catalog_objects()
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
AS $function$
    SELECT c.class_id, c.object_id, c.owner_id, script_tracking.canonical_acl(c.acl), c.definition::pg_catalog.text,
        jsonb_strip_nulls(c.attributes || jsonb_build_object('acl', c.acl::pg_catalog.text))
    FROM (
        SELECT 'pg_proc'::pg_catalog.regclass::pg_catalog.oid AS class_id, p.oid AS object_id, p.proowner AS owner_id,
            p.proacl AS acl, CASE WHEN p.oid < 16384 THEN to_jsonb(p.proname)
                ELSE to_jsonb(p) - '{oid,proowner,proacl}'::pg_catalog.text[] END AS definition,
            jsonb_build_object('security definer', nullif(p.prosecdef, false),
                'language', CASE WHEN p.oid >= 16384 THEN (
                    SELECT l.lanname FROM pg_catalog.pg_language AS l WHERE l.oid = p.prolang) END) AS attributes
        FROM pg_catalog.pg_proc AS p
        UNION ALL
        SELECT 'pg_namespace'::pg_catalog.regclass, n.oid, n.nspowner, n.nspacl, to_jsonb(n.nspname), '{}'
        FROM pg_catalog.pg_namespace AS n WHERE n.nspname !~ '^pg_(toast|temp|toast_temp)_?'
        UNION ALL
        SELECT 'pg_language'::pg_catalog.regclass, l.oid, l.lanowner, l.lanacl,
            to_jsonb(l) - '{oid,lanowner,lanacl}'::pg_catalog.text[], jsonb_build_object('trusted', l.lanpltrusted)
        FROM pg_catalog.pg_language AS l
        UNION ALL
        -- A relation's row type and an array type change with the relation or the element type.
        SELECT 'pg_type'::pg_catalog.regclass, t.oid, t.typowner, t.typacl,
            to_jsonb(t) - '{oid,typowner,typacl}'::pg_catalog.text[] || jsonb_build_object(
                'labels', ARRAY(SELECT ROW(e.enumlabel, e.enumsortorder)::pg_catalog.text FROM pg_catalog.pg_enum AS e
                    WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder),
                'range', (SELECT to_jsonb(r) FROM pg_catalog.pg_range AS r WHERE r.rngtypid = t.oid)),
            jsonb_build_object('labels', (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder)
                FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid))
        FROM pg_catalog.pg_type AS t
        LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
        WHERE t.oid >= 16384 AND (c.oid IS NULL OR (c.relkind = 'c' AND c.relpersistence <> 't'))
            AND NOT (t.typcategory = 'A' AND EXISTS (SELECT FROM pg_catalog.pg_type AS e WHERE e.typarray = t.oid))
        UNION ALL
        SELECT 'pg_extension'::pg_catalog.regclass, e.oid, e.extowner, NULL,
            to_jsonb(e) - '{oid,extowner}'::pg_catalog.text[], jsonb_build_object('version', e.extversion)
        FROM pg_catalog.pg_extension AS e WHERE e.oid >= 16384
        UNION ALL
        SELECT 'pg_event_trigger'::pg_catalog.regclass, e.oid, e.evtowner, NULL,
            to_jsonb(e) - '{oid,evtowner}'::pg_catalog.text[], jsonb_build_object('event', e.evtevent,
                'fires', script_tracking.trigger_state(e.evtenabled), 'function', e.evtfoid::pg_catalog.regproc)
        FROM pg_catalog.pg_event_trigger AS e
        UNION ALL
        SELECT 'pg_publication'::pg_catalog.regclass, p.oid, p.pubowner, NULL,
            to_jsonb(p) - '{oid,pubowner}'::pg_catalog.text[], jsonb_build_object('all tables', p.puballtables,
                'insert', p.pubinsert, 'update', p.pubupdate, 'delete', p.pubdelete, 'truncate', p.pubtruncate)
        FROM pg_catalog.pg_publication AS p
        UNION ALL
        SELECT 'pg_publication_rel'::pg_catalog.regclass, p.oid, NULL, NULL, to_jsonb(p) - 'oid', '{}'
        FROM pg_catalog.pg_publication_rel AS p
        UNION ALL
        SELECT 'pg_publication_namespace'::pg_catalog.regclass, p.oid, NULL, NULL, to_jsonb(p) - 'oid', '{}'
        FROM pg_catalog.pg_publication_namespace AS p
        UNION ALL
        SELECT 'pg_subscription'::pg_catalog.regclass, s.object_id, s.owner_id, NULL, s.definition, s.attributes
        FROM script_tracking.catalog_subscriptions() AS s
        UNION ALL
        SELECT 'pg_foreign_data_wrapper'::pg_catalog.regclass, f.oid, f.fdwowner, f.fdwacl,
            to_jsonb(f) - '{oid,fdwowner,fdwacl}'::pg_catalog.text[], '{}'
        FROM pg_catalog.pg_foreign_data_wrapper AS f
        UNION ALL
        SELECT 'pg_foreign_server'::pg_catalog.regclass, s.oid, s.srvowner, s.srvacl,
            to_jsonb(s) - '{oid,srvowner,srvacl}'::pg_catalog.text[], jsonb_build_object('version', s.srvversion)
        FROM pg_catalog.pg_foreign_server AS s
        UNION ALL
        -- Only a superuser sees their options.
        SELECT 'pg_user_mapping'::pg_catalog.regclass, m.umid, NULL, NULL, jsonb_build_array(m.umuser, m.srvid), '{}'
        FROM pg_catalog.pg_user_mappings AS m
        UNION ALL
        SELECT 'pg_default_acl'::pg_catalog.regclass, d.oid, NULL, d.defaclacl,
            to_jsonb(d) - '{oid,defaclacl}'::pg_catalog.text[], '{}'
        FROM pg_catalog.pg_default_acl AS d
    ) AS c
    UNION ALL
    SELECT m.class_id, m.object_id, m.owner_id, NULL, m.definition, '{}' FROM script_tracking.catalog_minor_objects() AS m
$function$;

COMMENT ON FUNCTION script_tracking.catalog_objects() IS
    'What defines each function, type, schema, extension and the like, for dbtrack reconcile';
