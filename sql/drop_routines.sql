-- After the routines: those of an earlier version that this one has no longer, or has with other arguments. Ours are in
-- the books of the last install; somebody else's function stays, for the doctor to name.
-- Those of module auth are its own affair: an install without --with may be a printed script that knows nothing of it.
-- dbtrack.routines holds the names of this version's routines, each of which is one function.
DO $drop_routines$
DECLARE
    v_routine text;
BEGIN
    FOR v_routine IN
        SELECT p.oid::regprocedure::text
        FROM pg_proc AS p
        JOIN script_tracking.installed_routine AS i ON i.routine_identity = p.oid::regprocedure::text
        WHERE p.pronamespace = 'script_tracking'::regnamespace AND NOT starts_with(p.proname::text, 'auth_') AND (
            p.proname::text <> ALL (string_to_array(current_setting('dbtrack.routines'), ','))
            OR EXISTS (SELECT FROM pg_proc AS n WHERE n.pronamespace = p.pronamespace AND n.proname = p.proname
                AND n.proowner = p.proowner AND n.oid > p.oid))
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_routine);
    END LOOP;
END
$drop_routines$;
