-- Other people's objects that an uninstall would drop: those that depend on an object of dbtrack's, and other objects
-- in its schemas. dbtrack's objects are those that the installation lists, with what belongs to them: indexes,
-- constraints, types, triggers, policies, partitions. An earlier installation, or a copy without data, lists nothing:
-- then the names of this version count.
WITH RECURSIVE named AS (
    SELECT substr(i.property_name, 10) AS name FROM script_tracking.installation AS i
    WHERE starts_with(i.property_name, 'relation.')
    UNION
    SELECT n.name FROM unnest(%(relations)s::text[]) AS n (name)
    WHERE NOT EXISTS (SELECT FROM script_tracking.installation AS i WHERE starts_with(i.property_name, 'relation.'))
), mart AS (
    SELECT n.oid, n.nspowner,
        ARRAY(SELECT substr(i.property_name, 6) FROM script_tracking.installation AS i WHERE starts_with(i.property_name, 'mart.'))
            || CASE WHEN EXISTS (SELECT FROM script_tracking.installation) THEN '{}' ELSE %(mart)s::text[] END AS names
    FROM pg_catalog.pg_namespace AS n
    JOIN pg_catalog.pg_class AS c ON c.oid = 'script_tracking.installation'::regclass AND c.relowner = n.nspowner
    WHERE n.nspname = 'dbtrack_mart' AND (NOT EXISTS (SELECT FROM script_tracking.installation)
        OR EXISTS (SELECT FROM script_tracking.installation AS i WHERE i.property_name = 'mart.schema'))
), ours (class_id, object_id) AS (
    SELECT 'pg_namespace'::regclass::oid, m.oid FROM mart AS m
    UNION
    SELECT 'pg_class'::regclass::oid, c.oid FROM mart AS m
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = m.oid AND c.relname::text = ANY (m.names)
        AND c.relkind = 'v' AND c.relowner = m.nspowner
    UNION
    SELECT 'pg_proc'::regclass::oid, p.oid FROM mart AS m
    JOIN pg_catalog.pg_proc AS p ON p.pronamespace = m.oid AND p.proname::text = ANY (m.names)
        AND p.proowner = m.nspowner
    UNION
    SELECT 'pg_namespace'::regclass::oid, n.oid FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname = 'script_tracking' OR (n.nspname = 'auth' AND n.nspowner =
        (SELECT c.relowner FROM pg_catalog.pg_class AS c WHERE c.oid = 'script_tracking.installation'::regclass))
    UNION
    SELECT 'pg_class'::regclass::oid, c.oid FROM pg_catalog.pg_class AS c
    WHERE (c.relnamespace = 'script_tracking'::regnamespace AND c.relname::text IN (SELECT n.name FROM named AS n))
        OR (c.oid IN (to_regclass('auth.user_h'), to_regclass('auth.user_auth_s'))
            AND EXISTS (SELECT FROM script_tracking.installation AS i WHERE i.property_name = 'module.auth.migration.0001'))
    UNION
    SELECT 'pg_proc'::regclass::oid, p.oid FROM pg_catalog.pg_proc AS p
    WHERE p.oid::regprocedure::text IN (SELECT i.routine_identity FROM script_tracking.installed_routine AS i)
        OR (p.pronamespace = 'script_tracking'::regnamespace AND p.proname::text = ANY (%(routines)s)
            AND NOT EXISTS (SELECT FROM script_tracking.installed_routine))
    UNION
    SELECT 'pg_event_trigger'::regclass::oid, t.oid
    FROM pg_catalog.pg_event_trigger AS t
    JOIN pg_catalog.pg_proc AS p ON p.oid = t.evtfoid
    WHERE p.pronamespace = 'script_tracking'::regnamespace
        AND p.proname IN ('event_trigger_ddl_start', 'event_trigger_ddl_end', 'event_trigger_sql_drop',
            'event_trigger_table_rewrite')
    UNION
    -- Automatic and internal dependents are dropped without CASCADE.
    SELECT d.classid, d.objid
    FROM ours AS o
    JOIN pg_catalog.pg_depend AS d ON d.refclassid = o.class_id AND d.refobjid = o.object_id
    WHERE d.deptype IN ('a', 'i', 'P', 'S')
), outside (class_id, object_id) AS (
    SELECT v.class_id, v.object_id
    FROM ours AS o
    JOIN pg_catalog.pg_depend AS d ON d.refclassid = o.class_id AND d.refobjid = o.object_id AND d.deptype IN ('n', 'x')
    LEFT JOIN pg_catalog.pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    CROSS JOIN LATERAL (SELECT CASE WHEN r.oid IS NULL THEN d.classid ELSE 'pg_class'::regclass END,
        coalesce(r.ev_class, d.objid)) AS v (class_id, object_id)
    WHERE (v.class_id, v.object_id) NOT IN (SELECT u.class_id, u.object_id FROM ours AS u)
    UNION
    -- A view on a view, and so on.
    SELECT 'pg_class'::regclass, r.ev_class
    FROM outside AS o
    JOIN pg_catalog.pg_depend AS d ON d.refclassid = o.class_id AND d.refobjid = o.object_id AND d.deptype = 'n'
    JOIN pg_catalog.pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    WHERE r.ev_class <> o.object_id
)
SELECT DISTINCT i.type || ' ' || i.identity
FROM outside AS o
CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.class_id, o.object_id, 0) AS i
ORDER BY 1;
