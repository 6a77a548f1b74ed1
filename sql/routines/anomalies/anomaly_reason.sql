-- Says in one sentence why something is an anomaly.
CREATE OR REPLACE FUNCTION script_tracking.anomaly_reason(
    p_measure pg_catalog.text,
    p_subject_kind pg_catalog.text,
    p_subject pg_catalog.text,
    p_tenant pg_catalog.text,
    p_value pg_catalog."numeric",
    p_usual pg_catalog."numeric",
    p_usual_high pg_catalog."numeric",
    p_score pg_catalog."numeric"
)
RETURNS pg_catalog.text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_where CONSTANT pg_catalog.text := CASE WHEN p_tenant IS NULL THEN '' ELSE ' in tenant ' || p_tenant END;
    v_rate CONSTANT pg_catalog.text := format('%s a week are usual', script_tracking.short_number(p_usual));
BEGIN
    RETURN CASE
        WHEN p_measure = 'new_login' THEN format('The login %s was never seen before%s; %s', p_subject, v_where, v_rate)
        WHEN p_measure = 'new_login_command' THEN
            format('Never before did this login do this%s: %s; %s', v_where, p_subject, v_rate)
        WHEN p_measure = 'new_login_schema' THEN
            format('Never before did this login change this schema%s: %s; %s', v_where, p_subject, v_rate)
        WHEN p_measure LIKE 'new\_%' THEN
            format('The %s %s was never seen before%s; %s', replace(p_measure, 'new_', ''), p_subject, v_where, v_rate)
        WHEN p_measure = 'out_of_hours' THEN format('%s DDL of %s%s outside %s (%s); %s', p_value, p_subject, v_where,
            coalesce(nullif(script_tracking.current_setting_value('evidence.hours'), ''), 'the hours'),
            script_tracking.current_setting_value('evidence.zone'), replace(v_rate, 'a week', 'such hours a week'))
        ELSE format('%s%s%s; %s is usual, at most %s: %s deviations above, the most in 7 days',
            CASE p_measure WHEN 'operations' THEN script_tracking.short_number(p_value) || ' operations'
                WHEN 'failures' THEN script_tracking.short_number(p_value) || ' failures'
                WHEN 'duration_ms' THEN 'A mean duration of ' || script_tracking.short_number(p_value) || ' ms'
                ELSE script_tracking.short_number(p_value) || ' ms of waiting for locks' END,
            CASE WHEN p_subject = '' THEN '' WHEN p_subject_kind = 'login' THEN ' of login ' || p_subject ELSE ' of type ' || p_subject END,
            v_where, script_tracking.short_number(p_usual), script_tracking.short_number(p_usual_high),
            script_tracking.short_number(p_score)) END;
END
$function$;

COMMENT ON FUNCTION script_tracking.anomaly_reason(
    pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog."numeric", pg_catalog."numeric",
    pg_catalog."numeric", pg_catalog."numeric") IS 'Why something is an anomaly, in one sentence';
