-- Returns the kinds of objects of which few databases have their own.
CREATE OR REPLACE FUNCTION script_tracking.catalog_minor_objects()
RETURNS TABLE (
    class_id pg_catalog.oid,
    object_id pg_catalog.oid,
    owner_id pg_catalog.oid,
    definition pg_catalog.text
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT c.class_id, c.object_id, c.owner_id, (c.definition - 'oid')::pg_catalog.text
    FROM (
        SELECT 'pg_operator'::pg_catalog.regclass::pg_catalog.oid AS class_id, o.oid AS object_id,
            o.oprowner AS owner_id, to_jsonb(o) - 'oprowner' AS definition
        FROM pg_catalog.pg_operator AS o WHERE o.oid >= 16384
        UNION ALL
        SELECT 'pg_opclass'::pg_catalog.regclass, o.oid, o.opcowner, to_jsonb(o) - 'opcowner'
        FROM pg_catalog.pg_opclass AS o
        UNION ALL
        SELECT 'pg_opfamily'::pg_catalog.regclass, o.oid, o.opfowner, to_jsonb(o) - 'opfowner'
        FROM pg_catalog.pg_opfamily AS o
        UNION ALL
        SELECT 'pg_cast'::pg_catalog.regclass, c.oid, NULL, to_jsonb(c) FROM pg_catalog.pg_cast AS c
        UNION ALL
        SELECT 'pg_collation'::pg_catalog.regclass, c.oid, c.collowner, to_jsonb(c) - 'collowner'
        FROM pg_catalog.pg_collation AS c WHERE c.oid >= 16384
        UNION ALL
        SELECT 'pg_conversion'::pg_catalog.regclass, c.oid, c.conowner, to_jsonb(c) - 'conowner'
        FROM pg_catalog.pg_conversion AS c
        UNION ALL
        SELECT 'pg_am'::pg_catalog.regclass, a.oid, NULL, to_jsonb(a) FROM pg_catalog.pg_am AS a
        UNION ALL
        SELECT 'pg_transform'::pg_catalog.regclass, t.oid, NULL, to_jsonb(t) FROM pg_catalog.pg_transform AS t
        UNION ALL
        SELECT 'pg_statistic_ext'::pg_catalog.regclass, s.oid, s.stxowner, to_jsonb(s) - 'stxowner'
        FROM pg_catalog.pg_statistic_ext AS s
        UNION ALL
        SELECT 'pg_ts_config'::pg_catalog.regclass, t.oid, t.cfgowner, to_jsonb(t) - 'cfgowner' || jsonb_build_object(
            'map', ARRAY(SELECT ROW(m.maptokentype, m.mapseqno, m.mapdict)::pg_catalog.text
                FROM pg_catalog.pg_ts_config_map AS m WHERE m.mapcfg = t.oid ORDER BY m.maptokentype, m.mapseqno))
        FROM pg_catalog.pg_ts_config AS t WHERE t.oid >= 16384
        UNION ALL
        SELECT 'pg_ts_dict'::pg_catalog.regclass, t.oid, t.dictowner, to_jsonb(t) - 'dictowner'
        FROM pg_catalog.pg_ts_dict AS t
        UNION ALL
        SELECT 'pg_ts_parser'::pg_catalog.regclass, t.oid, NULL, to_jsonb(t) FROM pg_catalog.pg_ts_parser AS t
        UNION ALL
        SELECT 'pg_ts_template'::pg_catalog.regclass, t.oid, NULL, to_jsonb(t) FROM pg_catalog.pg_ts_template AS t
    ) AS c
    WHERE c.object_id >= 16384
$function$;

COMMENT ON FUNCTION script_tracking.catalog_minor_objects() IS
    'What defines each operator, cast, collation and the like, for dbtrack reconcile';
