-- Records an event that is not an execution, and returns its key. Whoever may not send such events may not call it.
CREATE OR REPLACE FUNCTION script_tracking.record_notice(
    p_type pg_catalog.text,
    p_subject pg_catalog.text,
    p_tenant_hk pg_catalog.bytea,
    p_data pg_catalog.jsonb
)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_notice_hk pg_catalog.bytea;
BEGIN
    -- As with versions, the transaction has its id before the number is drawn.
    PERFORM pg_current_xact_id();
    INSERT INTO script_tracking.notice (notice_type, subject, tenant_hk, notice_data, record_source)
    VALUES (p_type, left(p_subject, 320), p_tenant_hk, p_data, script_tracking.record_source('notice'))
    RETURNING notice_hk INTO v_notice_hk;
    RETURN v_notice_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_notice(pg_catalog.text, pg_catalog.text, pg_catalog.bytea, pg_catalog.jsonb) IS
    'Records an event that is not an execution, such as an alert; returns its key';
