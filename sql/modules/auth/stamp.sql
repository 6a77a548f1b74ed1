-- Module auth: stores what is installed, like install/stamp.sql. The installer fills in the names of its functions;
-- those of an earlier version are dropped.
DO $stamp$
DECLARE
    v_routine text;
BEGIN
    FOR v_routine IN
        SELECT p.oid::regprocedure::text
        FROM pg_proc AS p
        JOIN script_tracking.installed_routine AS i ON i.routine_identity = p.oid::regprocedure::text
        WHERE p.pronamespace = 'script_tracking'::regnamespace AND p.proowner = current_user::regrole
            AND starts_with(p.proname::text, 'auth_')
            AND p.proname::text <> ALL (string_to_array('@routines@', ','))
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_routine);
    END LOOP;
    DELETE FROM script_tracking.installed_routine AS i
    WHERE starts_with(i.routine_identity, 'script_tracking.auth_') OR starts_with(i.routine_identity, 'auth.');
    INSERT INTO script_tracking.installed_routine (routine_identity, definition_hash)
    SELECT p.oid::regprocedure::text, script_tracking.routine_hash(p.oid)
    FROM pg_proc AS p
    WHERE p.proowner = current_user::regrole
        AND (p.pronamespace = 'script_tracking'::regnamespace
                AND p.proname::text = ANY (string_to_array('@routines@', ','))
            OR p.pronamespace = 'auth'::regnamespace AND p.proname IN ('login_user_tracking', 'register_user_tracking'));
    INSERT INTO script_tracking.installation AS i (property_name, property_value)
    VALUES ('module.auth', current_setting('dbtrack.version'))
    ON CONFLICT ON CONSTRAINT installation_pkey DO UPDATE SET property_value = excluded.property_value;
END
$stamp$;
