-- Returns the temporary objects that the permanent objects of the ending command depend on, as identities; NULL if
-- there are none. When the session ends or discards them, PostgreSQL removes what depends on them too: a column of such
-- a type with its data, or a policy or a view that calls such a function. It fires no event trigger for that.
CREATE OR REPLACE FUNCTION script_tracking.captured_temporary_references()
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    v_temporary CONSTANT pg_catalog.oid := pg_my_temp_schema();
BEGIN
    RETURN (
        WITH named AS MATERIALIZED (
            SELECT c.classid, c.objid
            FROM pg_event_trigger_ddl_commands() AS c
            WHERE c.objid IS NOT NULL AND c.schema_name IS DISTINCT FROM 'pg_temp' AND NOT c.in_extension
            LIMIT 100
        ), part AS MATERIALIZED (
            SELECT n.classid, n.objid FROM named AS n
            UNION
            SELECT d.classid, d.objid
            FROM named AS n
            -- OFFSET keeps this a subquery of its own, which uses the index for each object. A join would read all of
            -- pg_depend.
            CROSS JOIN LATERAL (
                SELECT e.classid, e.objid FROM pg_catalog.pg_depend AS e
                WHERE e.refclassid = n.classid AND e.refobjid = n.objid OFFSET 0) AS d
            WHERE d.classid IN ('pg_attrdef'::pg_catalog.regclass, 'pg_constraint'::pg_catalog.regclass,
                'pg_rewrite'::pg_catalog.regclass)
        ), reference AS (
            SELECT DISTINCT d.refclassid, d.refobjid
            FROM part AS p
            CROSS JOIN LATERAL (
                SELECT e.refclassid, e.refobjid FROM pg_catalog.pg_depend AS e
                WHERE e.classid = p.classid AND e.objid = p.objid OFFSET 0) AS d
            WHERE d.refobjid >= 16384 AND CASE d.refclassid
                -- Row types and array types do not depend on their schema themselves.
                WHEN 'pg_type'::pg_catalog.regclass THEN (
                    SELECT t.typnamespace = v_temporary FROM pg_catalog.pg_type AS t WHERE t.oid = d.refobjid)
                WHEN 'pg_class'::pg_catalog.regclass THEN (
                    SELECT c.relnamespace = v_temporary FROM pg_catalog.pg_class AS c WHERE c.oid = d.refobjid)
                ELSE EXISTS (
                    SELECT FROM pg_catalog.pg_depend AS s
                    WHERE s.classid = d.refclassid AND s.objid = d.refobjid AND s.refobjid = v_temporary
                        AND s.refclassid = 'pg_namespace'::pg_catalog.regclass)
                END
        )
        SELECT jsonb_agg(regexp_replace(i.identity, '^pg_temp_[0-9]+[.]', 'pg_temp.') ORDER BY i.identity)
        FROM reference AS r
        CROSS JOIN LATERAL pg_identify_object(r.refclassid, r.refobjid, 0) AS i);
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_temporary_references() IS
    'The temporary objects that the permanent objects of the ending DDL command depend on';
