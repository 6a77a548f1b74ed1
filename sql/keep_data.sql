-- Uninstall that keeps the records: the views (drop_views.sql) and the functions go, the tables stay, readable by their
-- owner.
DO $keep_data$
DECLARE
    v_routine text;
    v_trigger record;
BEGIN
    FOR v_trigger IN
        SELECT t.tgname AS name, t.tgrelid::regclass::text AS table_name FROM pg_trigger AS t
        JOIN pg_class AS c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'script_tracking'::regnamespace AND NOT t.tgisinternal AND t.tgparentid = 0
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', v_trigger.name, v_trigger.table_name);
    END LOOP;
    FOR v_routine IN
        SELECT p.oid::regprocedure::text FROM pg_proc AS p
        WHERE p.pronamespace = 'script_tracking'::regnamespace
            -- caller_tenants, which the policies call, calls these.
            AND p.proname NOT IN ('proven_tenant', 'tenant_challenge', 'backend_start')
            AND NOT EXISTS (SELECT FROM pg_depend AS d JOIN pg_policy AS y ON d.classid = 'pg_policy'::regclass AND d.objid = y.oid
                WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid)
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_routine);
    END LOOP;
    -- What row security needs stays, and stays known, so that dbtrack doctor does not take it for foreign.
    DELETE FROM script_tracking.installed_routine AS i
    WHERE NOT EXISTS (SELECT FROM pg_proc AS p WHERE p.oid::regprocedure::text = i.routine_identity);
END
$keep_data$;
