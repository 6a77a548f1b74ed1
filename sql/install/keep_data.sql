-- Uninstalls and keeps the records: dbtrack's triggers, views and functions are dropped, and the tables stay, readable
-- by their owner. A view or function of dbtrack's on which somebody else's object depends stays too, with the functions
-- that it calls.
DO $keep_data$
DECLARE
    v_trigger record;
    v_view text;
    v_routines text;
    v_object record;
BEGIN
    -- The mart first: its views and functions depend on each other, a later name on an earlier one.
    FOR v_object IN
        SELECT i.property_name AS entry, substr(i.property_name, 6) AS name, i.property_value AS kind
        FROM script_tracking.installation AS i
        WHERE starts_with(i.property_name, 'mart.') AND i.property_name <> 'mart.schema' AND NOT EXISTS (
            SELECT FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = 'dbtrack_mart'
            WHERE c.relname = substr(i.property_name, 6) AND (c.relkind <> 'v' OR c.relowner <> n.nspowner))
        ORDER BY i.property_value, i.property_name COLLATE "C" DESC
    LOOP
        BEGIN
            EXECUTE format('DROP %s IF EXISTS dbtrack_mart.%I', v_object.kind, v_object.name);
            DELETE FROM script_tracking.installation AS i WHERE i.property_name = v_object.entry;
        EXCEPTION WHEN dependent_objects_still_exist THEN
            NULL; -- it stays
        END;
    END LOOP;
    BEGIN
        IF EXISTS (SELECT FROM script_tracking.installation AS i WHERE i.property_name = 'mart.schema') THEN
            DROP SCHEMA IF EXISTS dbtrack_mart;
            DELETE FROM script_tracking.installation AS i WHERE i.property_name = 'mart.schema';
        END IF;
    EXCEPTION WHEN dependent_objects_still_exist THEN
        NULL; -- somebody else has something in it
    END;
    FOR v_trigger IN
        SELECT t.tgname AS name, t.tgrelid::regclass::text AS table_name FROM pg_trigger AS t
        JOIN pg_proc AS p ON p.oid = t.tgfoid
        JOIN script_tracking.installed_routine AS r ON r.routine_identity = p.oid::regprocedure::text
        WHERE NOT t.tgisinternal AND t.tgparentid = 0
            AND EXISTS (SELECT FROM script_tracking.installation AS i
                WHERE t.tgrelid = to_regclass(format('script_tracking.%I', substr(i.property_name, 10)))
                    AND starts_with(i.property_name, 'relation.'))
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', v_trigger.name, v_trigger.table_name);
    END LOOP;
    FOR v_view IN
        SELECT substr(i.property_name, 10) FROM script_tracking.installation AS i
        WHERE starts_with(i.property_name, 'relation.') AND i.property_value = 'view'
    LOOP
        BEGIN
            EXECUTE format('DROP VIEW IF EXISTS script_tracking.%I', v_view);
            DELETE FROM script_tracking.installation AS i WHERE i.property_name = 'relation.' || v_view;
        EXCEPTION WHEN dependent_objects_still_exist THEN
            NULL; -- it stays
        END;
    END LOOP;
    -- The objects that stay: functions on which something other than dbtrack's functions depends, a policy of dbtrack's
    -- or somebody else's object, and what these call.
    WITH RECURSIVE ours AS (
        SELECT p.oid, p.proname::text AS name, p.prosrc || coalesce(pg_get_function_sqlbody(p.oid), '') AS body
        FROM pg_proc AS p
        JOIN script_tracking.installed_routine AS i ON i.routine_identity = p.oid::regprocedure::text
    ), kept (oid) AS (
        SELECT o.oid FROM ours AS o
        WHERE EXISTS (
            SELECT FROM pg_depend AS d
            WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = o.oid
                AND NOT (d.classid = 'pg_proc'::regclass AND d.objid IN (SELECT u.oid FROM ours AS u)))
        UNION
        SELECT callee.oid
        FROM kept AS k
        JOIN ours AS caller ON caller.oid = k.oid
        -- Only a body that contains the name is searched with the expression, which is compiled for each function.
        JOIN ours AS callee ON CASE WHEN strpos(caller.body, 'script_tracking.' || callee.name) > 0
            THEN caller.body ~ ('\mscript_tracking\.' || callee.name || '\M') ELSE false END
    )
    SELECT string_agg(o.oid::regprocedure::text, ', ') INTO v_routines
    FROM ours AS o WHERE o.oid NOT IN (SELECT k.oid FROM kept AS k);
    IF v_routines IS NOT NULL THEN
        EXECUTE 'DROP FUNCTION ' || v_routines;
    END IF;
    -- What row security needs stays, and stays listed, so that dbtrack doctor does not report it as foreign.
    DELETE FROM script_tracking.installed_routine AS i
    WHERE NOT EXISTS (SELECT FROM pg_proc AS p WHERE p.oid::regprocedure::text = i.routine_identity);
END
$keep_data$;
