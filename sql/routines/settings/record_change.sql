-- Appends the execution for an administrator's change and returns its hash key. If it cannot be recorded, this returns
-- NULL, with a warning, and counts it: a broken record must not prevent anybody from disabling capture.
CREATE OR REPLACE FUNCTION script_tracking.record_change(
    p_name pg_catalog.text,
    p_old pg_catalog.jsonb,
    p_new pg_catalog.jsonb
)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN (SELECT e.o_script_execution_hk FROM script_tracking.insert_execution(p_name, 'MAINTENANCE', 'COMPLETED',
        clock_timestamp(), NULL, NULL, '{}', NULL, NULL, script_tracking.session_metadata()
            || jsonb_build_object('administration', jsonb_build_object('old', p_old, 'new', p_new)),
        'administration') AS e);
EXCEPTION
    WHEN serialization_failure OR deadlock_detected THEN
        RAISE;
    WHEN OTHERS THEN
        BEGIN -- the counter can be missing, or locked by ALTER SEQUENCE
            PERFORM nextval('script_tracking.capture_failure_seq');
        EXCEPTION
            WHEN OTHERS THEN
                NULL;
        END;
        RAISE WARNING 'dbtrack could not record this change (%): %', p_name, SQLERRM
            USING ERRCODE = SQLSTATE, HINT = 'The change itself is not affected. Run: dbtrack doctor';
        RETURN NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_change(pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb) IS
    'Appends the execution for an administrator''s change; returns its hash key';
