-- Returns what mentions a table that was renamed or moved, or one of its columns, beside the table itself. For a table without
-- children: touched_objects knows all other cases.
--
-- p_column: the column that was renamed; NULL: the table
-- named: the parts of a relation that mention it; NULL: the whole object
-- attribute: -1: the columns of the relation do not mention it
CREATE OR REPLACE FUNCTION script_tracking.renamed_followers(p_relation pg_catalog.oid, p_column pg_catalog.int4)
RETURNS TABLE (catalog pg_catalog.oid, object pg_catalog.oid, named pg_catalog.oid[], attribute pg_catalog.int4)
LANGUAGE plpgsql VOLATILE ROWS 1
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT o.catalog, o.object, CASE WHEN bool_and(o.part IS NOT NULL) THEN array_agg(o.part) END,
        CASE WHEN bool_and(f.keeps_columns) THEN -1 END
    FROM (
        -- Views and sequences, whose columns have names and types of their own.
        SELECT m.classid, m.objid, m.classid IN (2618, 1259)
        FROM (
            SELECT d.classid, d.objid, p_column IS NULL OR bool_or(d.refobjsubid = p_column) AS is_certain
            FROM pg_depend AS d
            WHERE d.refclassid = 1259 AND d.refobjid = p_relation
                AND (p_column IS NULL OR d.refobjsubid = p_column OR d.classid IN (2618, 1255))
                AND NOT (d.classid IN (2604, 2606, 2620, 3256) AND d.deptype IN ('a', 'i'))
                AND NOT (d.classid = 1259 AND EXISTS (
                    SELECT FROM pg_index AS i WHERE i.indexrelid = d.objid AND i.indrelid = p_relation))
                AND NOT (d.classid = 1247 AND d.deptype = 'i')
            GROUP BY 1, 2
        ) AS m
        -- With several tables and USING, a column has other names in a view than in its table, and any column can change them.
        WHERE m.is_certain OR EXISTS (
            SELECT FROM pg_depend AS e
            WHERE e.classid = m.classid AND e.objid = m.objid AND e.refclassid = 1259 AND e.refobjid <> p_relation
                AND e.deptype <> 'i')
        UNION
        SELECT d.classid, d.objid, false
        FROM pg_class AS c
        JOIN pg_type AS y ON y.oid = c.reltype
        JOIN pg_depend AS d ON d.refclassid = 1247 AND d.refobjid IN (y.oid, y.typarray) AND d.deptype <> 'i'
        WHERE c.oid = p_relation AND p_column IS NULL
    ) AS f (catalog, object, keeps_columns)
    CROSS JOIN LATERAL script_tracking.owner_of_part(f.catalog, f.object) AS o
    WHERE NOT (o.catalog = 1259 AND o.object = p_relation)
        AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = o.catalog AND e.objid = o.object AND e.deptype = 'e')
    GROUP BY o.catalog, o.object;
END
$function$;

COMMENT ON FUNCTION script_tracking.renamed_followers(pg_catalog.oid, pg_catalog.int4) IS
    'What mentions a renamed table, or a renamed column of it, beside the table itself';
