-- Returns why a record of an outbox cannot be stored, or NULL. One that cannot must not keep the others from arriving.
CREATE OR REPLACE FUNCTION script_tracking.refused_outbox_record(
    p_script_name pg_catalog.text,
    p_script_type pg_catalog.text,
    p_execution_status pg_catalog.text,
    p_execution_timestamp pg_catalog.timestamptz,
    p_duration_us pg_catalog.int8
)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF p_execution_timestamp IS NULL THEN
        RETURN 'an operation needs a time at which it started';
    END IF;
    PERFORM script_tracking.check_ended_operation(p_script_name, p_script_type, 'rest_api',
        CASE p_execution_status WHEN 'RUNNING' THEN 'COMPLETED' ELSE coalesce(p_execution_status, '') END,
        p_execution_timestamp, p_duration_us);
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END
$function$;

COMMENT ON FUNCTION script_tracking.refused_outbox_record(
    pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.int8) IS
    'Why a record of an outbox cannot be stored; for the functions of this schema';
