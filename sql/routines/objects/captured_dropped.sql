-- Returns what the dropping command removed, for the history of objects, as a JSON array for captured_history. Nothing is told
-- of a part whose relation is dropped too.
CREATE OR REPLACE FUNCTION script_tracking.captured_dropped(p_most pg_catalog.int4)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN (
        WITH dropped AS MATERIALIZED (
            SELECT g.* FROM pg_event_trigger_dropped_objects() AS g
            WHERE NOT g.is_temporary AND g.schema_name IS DISTINCT FROM 'script_tracking'
                AND g.schema_name IS DISTINCT FROM 'pg_toast'
        ), found AS (
            SELECT d.classid::pg_catalog.regclass::pg_catalog.text || ':' || d.objid AS object_bk, NULL AS part, d.object_type,
                d.object_identity, NULL AS name
            FROM dropped AS d
            WHERE d.objsubid = 0 AND d.object_type <> 'index' AND (d.classid IN (1259, 1255, 2615, 3381, 1417, 2328, 3079)
                OR (d.classid = 1247 AND (d.original OR d.normal) AND NOT EXISTS (
                    SELECT FROM dropped AS c WHERE c.classid = 1259 AND c.object_identity = d.object_identity)))
            UNION ALL
            SELECT 'pg_class:' || d.objid, 'column ' || d.objsubid, NULL, NULL, d.address_names[3]
            FROM dropped AS d
            WHERE d.object_type = 'table column' AND NOT EXISTS (
                SELECT FROM dropped AS t WHERE t.classid = 1259 AND t.objid = d.objid AND t.objsubid = 0)
            UNION ALL
            SELECT 'pg_class:' || r.relation::pg_catalog.oid, CASE d.classid WHEN 2606 THEN 'constraint ' WHEN 2620 THEN 'trigger '
                    WHEN 3256 THEN 'policy ' WHEN 2618 THEN 'rule ' END || d.objid, NULL, NULL, d.address_names[3]
            FROM dropped AS d
            CROSS JOIN LATERAL (SELECT to_regclass(quote_ident(d.address_names[1]) || '.' || quote_ident(d.address_names[2]))
                AS relation) AS r
            WHERE d.object_type IN ('table constraint', 'trigger', 'policy', 'rule') AND r.relation IS NOT NULL
        )
        SELECT jsonb_agg(jsonb_build_array(f.object_bk, f.part, f.object_type, f.object_identity, f.name))
        FROM (SELECT f.* FROM found AS f LIMIT p_most) AS f)::pg_catalog.text;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_dropped(pg_catalog.int4) IS
    'What the dropping command removed, for the history of objects';
