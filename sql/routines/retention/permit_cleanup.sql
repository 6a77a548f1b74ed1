-- Refuses a cleanup that would remove what a rule asks to keep, or one without an archive where that is required. With a reason it is
-- permitted, and recorded as an execution of its own, with the reason and the rules.
CREATE OR REPLACE FUNCTION script_tracking.permit_cleanup(
    p_days pg_catalog.int4,
    p_is_archived pg_catalog.bool,
    p_override pg_catalog.text DEFAULT NULL
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_first record;
    v_messages pg_catalog.text[];
BEGIN
    SELECT c.* INTO v_first FROM script_tracking.retention_conflicts(p_days, p_is_archived) AS c WHERE c.is_refused LIMIT 1;
    SELECT coalesce(array_agg(c.message), '{}') INTO v_messages
    FROM script_tracking.retention_conflicts(p_days, p_is_archived) AS c WHERE c.is_refused;
    IF NOT p_is_archived AND script_tracking.current_setting_value('retention.archive') = 'required' THEN
        v_messages := v_messages || 'retention.archive requires an archive'::pg_catalog.text;
    END IF;
    IF v_messages = '{}' THEN
        RETURN;
    END IF;
    IF coalesce(btrim(p_override), '') = '' THEN
        RAISE EXCEPTION '%', v_messages[1] || CASE WHEN cardinality(v_messages) > 1
                THEN format(', and %s more', cardinality(v_messages) - 1) ELSE '' END
            USING ERRCODE = 'DT006', HINT = CASE WHEN p_is_archived THEN '' ELSE 'give --archive DIR, or ' END
                || coalesce('run: ' || v_first.remedy || '; or ', '') || 'give --override REASON, which is recorded';
    END IF;
    PERFORM script_tracking.insert_execution('dbtrack override retention', 'MAINTENANCE', 'COMPLETED', clock_timestamp(), 0,
        NULL, '{}', NULL, NULL, script_tracking.session_metadata() || jsonb_build_object(
            'reason', script_tracking.redact_message(p_override), 'rules', to_jsonb(v_messages), 'retention_days', p_days), 'cleanup');
END
$function$;

COMMENT ON FUNCTION script_tracking.permit_cleanup(pg_catalog.int4, pg_catalog.bool, pg_catalog.text) IS
    'Refuses a cleanup that would remove what a rule asks to keep; with a reason it is permitted and recorded';
