-- Returns what a GRANT or similar command without a text may have been about: the objects with an access list whose
-- catalog rows this transaction wrote, and their present privileges. Rows of other transactions are either invisible or
-- of transactions that have ended.
CREATE OR REPLACE FUNCTION script_tracking.written_privileges()
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_top pg_catalog.int8 := pg_current_xact_id()::pg_catalog.text::pg_catalog.int8;
    v_result pg_catalog.jsonb;
BEGIN
    WITH listed AS (
        SELECT c.tableoid AS class_id, c.oid AS object_id, 0 AS column_id, c.relacl AS acl, c.xmin AS writer
        FROM pg_catalog.pg_class AS c WHERE c.relacl IS NOT NULL
        UNION ALL
        SELECT 'pg_class'::pg_catalog.regclass, a.attrelid, a.attnum, a.attacl, a.xmin
        FROM pg_catalog.pg_attribute AS a WHERE a.attacl IS NOT NULL
        UNION ALL
        SELECT p.tableoid, p.oid, 0, p.proacl, p.xmin FROM pg_catalog.pg_proc AS p WHERE p.proacl IS NOT NULL
        UNION ALL
        SELECT n.tableoid, n.oid, 0, n.nspacl, n.xmin FROM pg_catalog.pg_namespace AS n WHERE n.nspacl IS NOT NULL
        UNION ALL
        SELECT t.tableoid, t.oid, 0, t.typacl, t.xmin FROM pg_catalog.pg_type AS t WHERE t.typacl IS NOT NULL
        UNION ALL
        SELECT l.tableoid, l.oid, 0, l.lanacl, l.xmin FROM pg_catalog.pg_language AS l WHERE l.lanacl IS NOT NULL
        UNION ALL
        SELECT 'pg_largeobject'::pg_catalog.regclass, m.oid, 0, m.lomacl, m.xmin
        FROM pg_catalog.pg_largeobject_metadata AS m WHERE m.lomacl IS NOT NULL
        UNION ALL
        SELECT w.tableoid, w.oid, 0, w.fdwacl, w.xmin
        FROM pg_catalog.pg_foreign_data_wrapper AS w WHERE w.fdwacl IS NOT NULL
        UNION ALL
        SELECT s.tableoid, s.oid, 0, s.srvacl, s.xmin FROM pg_catalog.pg_foreign_server AS s WHERE s.srvacl IS NOT NULL
        UNION ALL
        SELECT d.tableoid, d.oid, 0, d.defaclacl, d.xmin FROM pg_catalog.pg_default_acl AS d
    ), written AS MATERIALIZED (
        -- A subtransaction's id follows its transaction's id; a visible one in progress belongs to this transaction.
        SELECT l.class_id, l.object_id, l.column_id, l.acl
        FROM listed AS l
        WHERE CASE WHEN l.writer::pg_catalog.text::pg_catalog.int8 >= v_top % 4294967296
            THEN pg_xact_status((v_top - v_top % 4294967296 + l.writer::pg_catalog.text::pg_catalog.int8)
                ::pg_catalog.text::pg_catalog.xid8) = 'in progress' ELSE false END
    ), object AS MATERIALIZED (
        SELECT o.class_id, o.object_id, i.type, i.schema, i.identity
        FROM (SELECT DISTINCT w.class_id, w.object_id FROM written AS w LIMIT 1000) AS o
        CROSS JOIN LATERAL pg_identify_object(o.class_id, o.object_id, 0) AS i
    ), entry AS (
        SELECT row_number() OVER (ORDER BY o.identity, w.column_id, a.grantee) AS position,
            jsonb_strip_nulls(jsonb_build_object('object', o.identity, 'object_type', o.type,
                'column', CASE WHEN w.column_id <> 0 THEN (SELECT t.attname FROM pg_catalog.pg_attribute AS t
                    WHERE t.attrelid = w.object_id AND t.attnum = w.column_id) END,
                'grantee', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END,
                'present', jsonb_agg(DISTINCT a.privilege_type))) AS value
        FROM written AS w
        JOIN object AS o ON o.class_id = w.class_id AND o.object_id = w.object_id
        CROSS JOIN LATERAL aclexplode(w.acl) AS a
        GROUP BY o.identity, o.type, w.object_id, w.column_id, a.grantee
    )
    SELECT jsonb_build_object(
        'objects', (SELECT jsonb_agg(jsonb_build_array(o.type, o.identity, o.schema,
            coalesce(o.schema LIKE 'pg@_temp%' ESCAPE '@', false)) ORDER BY o.identity) FROM object AS o),
        'privileges', coalesce(jsonb_agg(e.value ORDER BY e.position) FILTER (WHERE e.position <= 1000), '[]'),
        'object_count', (SELECT count(DISTINCT (w.class_id, w.object_id)) FROM written AS w),
        'privileges_from', 'transaction')
    INTO v_result
    FROM entry AS e;
    RETURN v_result;
END
$function$;

COMMENT ON FUNCTION script_tracking.written_privileges() IS
    'The access lists that this transaction wrote, for a GRANT without text';
