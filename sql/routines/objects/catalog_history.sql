-- Returns the objects of the database that have a history, in order of catalog and oid: what a sweep compares and a baseline
-- describes. Members of extensions, temporary objects, the system's and dbtrack's own are left out.
CREATE OR REPLACE FUNCTION script_tracking.catalog_history(p_catalog pg_catalog.oid, p_after pg_catalog.oid, p_most pg_catalog.int4)
RETURNS SETOF pg_catalog.oid
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- The mart's too, unless somebody else made a schema of that name.
    c_left_out CONSTANT pg_catalog.oid[] := ARRAY[11, 99, 'information_schema'::pg_catalog.regnamespace,
        'script_tracking'::pg_catalog.regnamespace] || ARRAY(
        SELECT m.oid FROM pg_namespace AS m JOIN pg_namespace AS n ON n.nspname = 'script_tracking' AND n.nspowner = m.nspowner
        WHERE m.nspname = 'dbtrack_mart');
BEGIN
    CASE p_catalog
        WHEN 1259 THEN
            RETURN QUERY SELECT c.oid FROM pg_class AS c
            WHERE c.oid > p_after AND c.relkind NOT IN ('t', 'i', 'I') AND c.relpersistence <> 't'
                AND c.relnamespace <> ALL (c_left_out)
                AND NOT EXISTS (SELECT FROM pg_depend AS d
                    WHERE d.classid = 1259 AND d.objid = c.oid AND (d.deptype = 'e'
                        OR (c.relkind = 'S' AND d.deptype = 'i' AND d.refclassid = 1259)))
            ORDER BY c.oid LIMIT p_most;
        WHEN 1255 THEN
            RETURN QUERY SELECT p.oid FROM pg_proc AS p
            WHERE p.oid > p_after AND p.pronamespace <> ALL (c_left_out)
                AND p.pronamespace <> pg_my_temp_schema()
                AND NOT EXISTS (SELECT FROM pg_depend AS d
                    WHERE d.classid = 1255 AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
            ORDER BY p.oid LIMIT p_most;
        WHEN 1247 THEN
            RETURN QUERY SELECT t.oid FROM pg_type AS t
            WHERE t.oid > p_after AND t.typrelid = 0 AND t.typtype <> 'm'
                AND t.typnamespace <> ALL (c_left_out)
                AND t.typnamespace <> pg_my_temp_schema()
                AND NOT EXISTS (SELECT FROM pg_type AS e WHERE e.typarray = t.oid)
                AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 1247 AND d.objid = t.oid AND d.deptype = 'e')
            ORDER BY t.oid LIMIT p_most;
        WHEN 2615 THEN
            RETURN QUERY SELECT n.oid FROM pg_namespace AS n
            WHERE n.oid > p_after AND n.oid <> ALL (c_left_out)
                AND (n.nspname NOT LIKE 'pg@_%' ESCAPE '@')
                AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 2615 AND d.objid = n.oid AND d.deptype = 'e')
            ORDER BY n.oid LIMIT p_most;
        WHEN 3381 THEN
            RETURN QUERY SELECT s.oid FROM pg_statistic_ext AS s WHERE s.oid > p_after ORDER BY s.oid LIMIT p_most;
        WHEN 1417 THEN
            RETURN QUERY SELECT s.oid FROM pg_foreign_server AS s WHERE s.oid > p_after ORDER BY s.oid LIMIT p_most;
        WHEN 2328 THEN
            RETURN QUERY SELECT w.oid FROM pg_foreign_data_wrapper AS w
            WHERE w.oid > p_after AND NOT EXISTS (SELECT FROM pg_depend AS d
                WHERE d.classid = 2328 AND d.objid = w.oid AND d.deptype = 'e')
            ORDER BY w.oid LIMIT p_most;
        WHEN 3079 THEN
            RETURN QUERY SELECT e.oid FROM pg_extension AS e WHERE e.oid > p_after ORDER BY e.oid LIMIT p_most;
        WHEN 3456 THEN
            RETURN QUERY SELECT c.oid FROM pg_collation AS c
            WHERE c.oid > greatest(p_after, 16383::pg_catalog.oid) AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 3456 AND x.objid = c.oid AND x.deptype IN ('e', 'i'))
            ORDER BY c.oid LIMIT p_most;
        WHEN 2605 THEN
            RETURN QUERY SELECT c.oid FROM pg_cast AS c
            WHERE c.oid > greatest(p_after, 16383::pg_catalog.oid) AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 2605 AND x.objid = c.oid AND x.deptype IN ('e', 'i'))
            ORDER BY c.oid LIMIT p_most;
        WHEN 2617 THEN
            RETURN QUERY SELECT o.oid FROM pg_operator AS o
            WHERE o.oid > greatest(p_after, 16383::pg_catalog.oid) AND o.oprcode <> 0 AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 2617 AND x.objid = o.oid AND x.deptype IN ('e', 'i'))
            ORDER BY o.oid LIMIT p_most;
        WHEN 3602 THEN
            RETURN QUERY SELECT c.oid FROM pg_ts_config AS c
            WHERE c.oid > greatest(p_after, 16383::pg_catalog.oid) AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 3602 AND x.objid = c.oid AND x.deptype IN ('e', 'i'))
            ORDER BY c.oid LIMIT p_most;
        WHEN 3600 THEN
            RETURN QUERY SELECT d.oid FROM pg_ts_dict AS d
            WHERE d.oid > greatest(p_after, 16383::pg_catalog.oid) AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 3600 AND x.objid = d.oid AND x.deptype IN ('e', 'i'))
            ORDER BY d.oid LIMIT p_most;
        WHEN 6104 THEN
            RETURN QUERY SELECT p.oid FROM pg_publication AS p
            WHERE p.oid > greatest(p_after, 16383::pg_catalog.oid) AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 6104 AND x.objid = p.oid AND x.deptype IN ('e', 'i'))
            ORDER BY p.oid LIMIT p_most;
        WHEN 3466 THEN
            RETURN QUERY SELECT e.oid FROM pg_event_trigger AS e
            WHERE e.oid > greatest(p_after, 16383::pg_catalog.oid)
                AND e.evtfoid NOT IN (SELECT p.oid FROM pg_proc AS p WHERE p.pronamespace = 'script_tracking'::pg_catalog.regnamespace)
                AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 3466 AND x.objid = e.oid AND x.deptype IN ('e', 'i'))
            ORDER BY e.oid LIMIT p_most;
        WHEN 6100 THEN
            RETURN QUERY SELECT s.oid FROM pg_subscription AS s
            JOIN pg_database AS b ON b.oid = s.subdbid AND b.datname = current_database()
            WHERE s.oid > p_after ORDER BY s.oid LIMIT p_most;
        WHEN 1418 THEN
            RETURN QUERY SELECT u.umid FROM pg_user_mappings AS u WHERE u.umid > p_after ORDER BY u.umid LIMIT p_most;
        WHEN 826 THEN
            RETURN QUERY SELECT a.oid FROM pg_default_acl AS a WHERE a.oid > p_after ORDER BY a.oid LIMIT p_most;
        WHEN 2612 THEN
            RETURN QUERY SELECT l.oid FROM pg_language AS l
            WHERE l.oid > greatest(p_after, 16383::pg_catalog.oid) AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 2612 AND x.objid = l.oid AND x.deptype IN ('e', 'i'))
            ORDER BY l.oid LIMIT p_most;
        WHEN 2601 THEN
            RETURN QUERY SELECT a.oid FROM pg_am AS a
            WHERE a.oid > greatest(p_after, 16383::pg_catalog.oid) AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 2601 AND x.objid = a.oid AND x.deptype IN ('e', 'i'))
            ORDER BY a.oid LIMIT p_most;
        WHEN 3576 THEN
            RETURN QUERY SELECT t.oid FROM pg_transform AS t
            WHERE t.oid > greatest(p_after, 16383::pg_catalog.oid) AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 3576 AND x.objid = t.oid AND x.deptype IN ('e', 'i'))
            ORDER BY t.oid LIMIT p_most;
        WHEN 2607 THEN
            RETURN QUERY SELECT c.oid FROM pg_conversion AS c
            WHERE c.oid > greatest(p_after, 16383::pg_catalog.oid) AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 2607 AND x.objid = c.oid AND x.deptype IN ('e', 'i'))
            ORDER BY c.oid LIMIT p_most;
        WHEN 2753 THEN
            RETURN QUERY SELECT f.oid FROM pg_opfamily AS f
            WHERE f.oid > greatest(p_after, 16383::pg_catalog.oid) AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 2753 AND x.objid = f.oid AND x.deptype IN ('e', 'i'))
            ORDER BY f.oid LIMIT p_most;
        WHEN 2616 THEN
            RETURN QUERY SELECT c.oid FROM pg_opclass AS c
            WHERE c.oid > greatest(p_after, 16383::pg_catalog.oid) AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 2616 AND x.objid = c.oid AND x.deptype IN ('e', 'i'))
            ORDER BY c.oid LIMIT p_most;
        WHEN 3601 THEN
            RETURN QUERY SELECT p.oid FROM pg_ts_parser AS p
            WHERE p.oid > greatest(p_after, 16383::pg_catalog.oid) AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 3601 AND x.objid = p.oid AND x.deptype IN ('e', 'i'))
            ORDER BY p.oid LIMIT p_most;
        WHEN 3764 THEN
            RETURN QUERY SELECT t.oid FROM pg_ts_template AS t
            WHERE t.oid > greatest(p_after, 16383::pg_catalog.oid) AND NOT EXISTS (SELECT FROM pg_depend AS x
                WHERE x.classid = 3764 AND x.objid = t.oid AND x.deptype IN ('e', 'i'))
            ORDER BY t.oid LIMIT p_most;
    END CASE;
END
$function$;

COMMENT ON FUNCTION script_tracking.catalog_history(pg_catalog.oid, pg_catalog.oid, pg_catalog.int4) IS
    'The next objects of a catalog that have a history';
