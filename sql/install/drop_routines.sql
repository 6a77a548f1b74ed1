-- Runs after the views, which use them: drops the routines of an earlier version that this one no longer has, or has
-- with other arguments. The last install listed dbtrack's routines; somebody else's function stays, and the doctor
-- reports it. Those of module auth are left to the module: an install without --with may be a printed script that knows
-- nothing of it. dbtrack.routines has the names of this version's routines, each of which is one function.
DO $drop_routines$
DECLARE
    v_routine record;
    v_dependents text;
BEGIN
    FOR v_routine IN
        SELECT p.oid::regprocedure::text AS signature,
            p.proname::text = ANY (string_to_array(current_setting('dbtrack.routines'), ',')) AS has_successor
        FROM pg_proc AS p
        JOIN script_tracking.installed_routine AS i ON i.routine_identity = p.oid::regprocedure::text
        WHERE p.pronamespace = 'script_tracking'::regnamespace AND NOT starts_with(p.proname::text, 'auth_') AND (
            p.proname::text <> ALL (string_to_array(current_setting('dbtrack.routines'), ','))
            OR EXISTS (SELECT FROM pg_proc AS n WHERE n.pronamespace = p.pronamespace AND n.proname = p.proname
                AND n.proowner = p.proowner AND n.oid > p.oid))
    LOOP
        BEGIN
            EXECUTE format('DROP FUNCTION %s', v_routine.signature);
        EXCEPTION WHEN dependent_objects_still_exist THEN
            GET STACKED DIAGNOSTICS v_dependents = PG_EXCEPTION_DETAIL;
            IF v_routine.has_successor THEN
                -- With both, a call could mean either.
                RAISE EXCEPTION 'the arguments of % change, and other objects depend on it: %', v_routine.signature,
                    replace(v_dependents, chr(10), '; ')
                    USING ERRCODE = 'DT008', HINT = 'nothing was changed; drop them, install, and create them again';
            END IF;
            RAISE WARNING 'the function % of an earlier version stays: %', v_routine.signature,
                replace(v_dependents, chr(10), '; ');
        END;
    END LOOP;
END
$drop_routines$;
