-- Returns the object whose history describes a row of the catalogs: an index belongs to its table, the sequence of an identity to
-- its column, the row type of a composite type to the type. No row: nothing with a history.
CREATE OR REPLACE FUNCTION script_tracking.owner_of_part(
    p_catalog pg_catalog.oid,
    p_object pg_catalog.oid
)
RETURNS TABLE (catalog pg_catalog.oid, object pg_catalog.oid, part pg_catalog.oid, column_number pg_catalog.int4)
LANGUAGE plpgsql VOLATILE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
    CASE p_catalog
        WHEN 1259 THEN
            RETURN QUERY SELECT 1259::pg_catalog.oid, coalesce(i.indrelid, d.refobjid, c.oid), i.indexrelid, d.refobjsubid
            FROM pg_class AS c
            LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
            LEFT JOIN pg_depend AS d ON c.relkind = 'S' AND d.classid = 1259 AND d.objid = c.oid AND d.refclassid = 1259
                AND d.deptype = 'i'
            WHERE c.oid = p_object AND c.relkind <> 't';
        WHEN 1247 THEN
            -- Not the row types of tables, nor arrays.
            RETURN QUERY SELECT CASE WHEN t.typrelid <> 0 THEN 1259 ELSE 1247 END::pg_catalog.oid,
                coalesce(nullif(t.typrelid, 0), t.oid), NULL::pg_catalog.oid, NULL::pg_catalog.int4
            FROM pg_type AS t
            LEFT JOIN pg_class AS c ON c.oid = t.typrelid
            WHERE t.oid = p_object AND (c.relkind = 'c' OR (t.typrelid = 0 AND t.typtype <> 'm'
                AND NOT EXISTS (SELECT FROM pg_type AS e WHERE e.typarray = t.oid)));
        WHEN 2606 THEN
            RETURN QUERY SELECT CASE WHEN o.conrelid <> 0 THEN 1259 ELSE 1247 END::pg_catalog.oid,
                coalesce(nullif(o.conrelid, 0), o.contypid), CASE WHEN o.conrelid <> 0 THEN o.oid END, NULL::pg_catalog.int4
            FROM pg_constraint AS o WHERE o.oid = p_object;
        WHEN 2604 THEN
            RETURN QUERY SELECT 1259::pg_catalog.oid, d.adrelid, NULL::pg_catalog.oid, d.adnum::pg_catalog.int4
            FROM pg_attrdef AS d WHERE d.oid = p_object;
        WHEN 2620 THEN
            RETURN QUERY SELECT 1259::pg_catalog.oid, t.tgrelid, t.oid, NULL::pg_catalog.int4
            FROM pg_trigger AS t WHERE t.oid = p_object AND NOT t.tgisinternal;
        WHEN 3256 THEN
            RETURN QUERY SELECT 1259::pg_catalog.oid, p.polrelid, p.oid, NULL::pg_catalog.int4
            FROM pg_policy AS p WHERE p.oid = p_object;
        WHEN 2618 THEN
            RETURN QUERY SELECT 1259::pg_catalog.oid, r.ev_class, CASE WHEN r.rulename <> '_RETURN' THEN r.oid END,
                NULL::pg_catalog.int4
            FROM pg_rewrite AS r WHERE r.oid = p_object;
        WHEN 1255 THEN
            -- Not the constructors of a range.
            RETURN QUERY SELECT 1255::pg_catalog.oid, p_object, NULL::pg_catalog.oid, NULL::pg_catalog.int4
            WHERE NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 1255 AND d.objid = p_object AND d.deptype = 'i');
        WHEN 2605 THEN
            -- Not that of a range to its multirange.
            RETURN QUERY SELECT p_catalog, p_object, NULL::pg_catalog.oid, NULL::pg_catalog.int4
            WHERE NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 2605 AND d.objid = p_object AND d.deptype = 'i');
        WHEN 6106 THEN
            RETURN QUERY SELECT 6104::pg_catalog.oid, r.prpubid, NULL::pg_catalog.oid, NULL::pg_catalog.int4
            FROM pg_publication_rel AS r WHERE r.oid = p_object;
        WHEN 6237 THEN
            RETURN QUERY SELECT 6104::pg_catalog.oid, s.pnpubid, NULL::pg_catalog.oid, NULL::pg_catalog.int4
            FROM pg_publication_namespace AS s WHERE s.oid = p_object;
        WHEN 2616 THEN
            -- What it has for other types belongs to its family.
            RETURN QUERY SELECT m.catalog, m.object, NULL::pg_catalog.oid, NULL::pg_catalog.int4
            FROM pg_opclass AS c
            CROSS JOIN LATERAL (VALUES (p_catalog, c.oid), (2753::pg_catalog.oid, c.opcfamily)) AS m (catalog, object)
            WHERE c.oid = p_object;
        WHEN 2602, 2603 THEN
            RETURN QUERY SELECT d.refclassid, d.refobjid, NULL::pg_catalog.oid, NULL::pg_catalog.int4
            FROM pg_depend AS d WHERE d.classid = p_catalog AND d.objid = p_object AND d.refclassid IN (2616, 2753);
        WHEN 2615, 3381, 1417, 2328, 3079, 3456, 2617, 3602, 3600, 6104, 6100, 3466, 1418, 826, 2753, 2612, 2601, 3576, 2607, 3601,
            3764 THEN
            RETURN QUERY SELECT p_catalog, p_object, NULL::pg_catalog.oid, NULL::pg_catalog.int4;
        ELSE
            NULL;
    END CASE;
END
$function$;

COMMENT ON FUNCTION script_tracking.owner_of_part(pg_catalog.oid, pg_catalog.oid) IS
    'The object whose history describes a row of the catalogs';
