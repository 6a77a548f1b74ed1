-- Returns the operators and functions of an operator class, or those that an operator family has beside its classes, as the statements
-- CREATE OPERATOR CLASS and ALTER OPERATOR FAMILY list them. They belong to that on which they depend.
CREATE OR REPLACE FUNCTION script_tracking.access_method_members(p_catalog pg_catalog.oid, p_object pg_catalog.oid)
RETURNS pg_catalog.text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT coalesce(string_agg(m.member, ', ' ORDER BY m.kind, m.number, m.member), '')
    FROM (
        SELECT 1 AS kind, o.amopstrategy AS number, format('OPERATOR %s %s%s', o.amopstrategy, o.amopopr::pg_catalog.regoperator,
            ' FOR ORDER BY ' || (SELECT format('%I.%I', n.nspname, f.opfname)
                FROM pg_opfamily AS f JOIN pg_namespace AS n ON n.oid = f.opfnamespace WHERE f.oid = o.amopsortfamily)) AS member
        FROM pg_depend AS d
        JOIN pg_amop AS o ON o.oid = d.objid
        WHERE d.classid = 2602 AND d.refclassid = p_catalog AND d.refobjid = p_object
        UNION ALL
        SELECT 2, p.amprocnum, format('FUNCTION %s (%s, %s) %s', p.amprocnum, format_type(p.amproclefttype, NULL),
            format_type(p.amprocrighttype, NULL), p.amproc::pg_catalog.regprocedure)
        FROM pg_depend AS d
        JOIN pg_amproc AS p ON p.oid = d.objid
        WHERE d.classid = 2603 AND d.refclassid = p_catalog AND d.refobjid = p_object
    ) AS m
$function$;

COMMENT ON FUNCTION script_tracking.access_method_members(pg_catalog.oid, pg_catalog.oid) IS
    'The operators and functions of an operator class or family, as the statements list them';
