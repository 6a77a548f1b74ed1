-- Returns the comments on a relation and its parts, as parts of its definition: 'comment relation', 'comment column 3', 'comment
-- constraint 16455', each [format, name of the part, comment]. A comment counts as long as its part does.
CREATE OR REPLACE FUNCTION script_tracking.relation_comments(p_relation pg_catalog.oid)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN (
        WITH part AS (
            SELECT 'relation' AS part, 1259::pg_catalog.oid AS catalog, c.oid AS object, 0 AS subobject, c.relname AS name
            FROM pg_class AS c WHERE c.oid = p_relation
            UNION ALL
            SELECT 'column ' || a.attnum, 1259, a.attrelid, a.attnum, a.attname
            FROM pg_attribute AS a WHERE a.attrelid = p_relation AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL
            SELECT 'constraint ' || o.oid, 2606, o.oid, 0, o.conname FROM pg_constraint AS o WHERE o.conrelid = p_relation
            UNION ALL
            SELECT 'index ' || c.oid, 1259, c.oid, 0, c.relname
            FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE i.indrelid = p_relation
            UNION ALL
            SELECT 'trigger ' || t.oid, 2620, t.oid, 0, t.tgname FROM pg_trigger AS t WHERE t.tgrelid = p_relation
            UNION ALL
            SELECT 'policy ' || y.oid, 3256, y.oid, 0, y.polname FROM pg_policy AS y WHERE y.polrelid = p_relation
            UNION ALL
            SELECT 'rule ' || r.oid, 2618, r.oid, 0, r.rulename FROM pg_rewrite AS r WHERE r.ev_class = p_relation
        )
        SELECT jsonb_object_agg('comment ' || p.part, jsonb_build_array(1, p.name, b.description))
        FROM part AS p
        JOIN pg_description AS b ON b.objoid = p.object AND b.classoid = p.catalog AND b.objsubid = p.subobject);
END
$function$;

COMMENT ON FUNCTION script_tracking.relation_comments(pg_catalog.oid) IS
    'The comments on a relation and its parts, as parts of its definition';
