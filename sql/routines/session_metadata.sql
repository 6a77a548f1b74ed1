-- Who really acts, from where: what the satellite has no column for.
CREATE OR REPLACE FUNCTION script_tracking.session_metadata()
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN jsonb_strip_nulls(jsonb_build_object(
        -- current_user is the owner of the function that asks; the acting role is this setting.
        'role', nullif(current_setting('role'), 'none'),
        'application_name', nullif(CASE
            WHEN translate(current_setting('application_name'), ':=''', '') = current_setting('application_name')
                THEN current_setting('application_name')
            ELSE script_tracking.redact_message(current_setting('application_name')) END, ''),
        'backend_pid', pg_backend_pid(),
        'transaction_id', pg_current_xact_id()::pg_catalog.text));
END
$function$;

COMMENT ON FUNCTION script_tracking.session_metadata() IS
    'Acting role, application name, backend and transaction of the session';
