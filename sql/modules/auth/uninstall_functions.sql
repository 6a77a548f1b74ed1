-- Module auth: drops the wrappers, and nothing of the platform's. Its other functions are in script_tracking and are
-- dropped with those of the core.
DO $uninstall_functions$
DECLARE
    v_wrapper text;
BEGIN
    FOR v_wrapper IN
        SELECT p.oid::regprocedure::text
        FROM pg_proc AS p
        JOIN script_tracking.installed_routine AS i ON i.routine_identity = p.oid::regprocedure::text
        WHERE p.pronamespace = to_regnamespace('auth')
            AND p.proowner = (SELECT c.relowner FROM pg_class AS c WHERE c.oid = 'script_tracking.installation'::regclass)
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', v_wrapper); -- as uninstall.sql says
    END LOOP;
END
$uninstall_functions$;
