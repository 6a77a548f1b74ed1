-- Predicts which month a cleanup removes next, if it runs each day and keeps what the setting retention.days says: its first
-- execution at expected_from, its last at expected_until; cases is the number of executions. DUE: that was in the past. Whole hours
-- count, which the rollups have.
CREATE OR REPLACE FUNCTION script_tracking.predict_retention(p_tenant_hk pg_catalog.bytea)
RETURNS TABLE (
    kind pg_catalog.text,
    subject pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    state pg_catalog.text,
    expected_from pg_catalog.timestamptz,
    expected_at pg_catalog.timestamptz,
    expected_until pg_catalog.timestamptz,
    confidence pg_catalog."numeric",
    cases pg_catalog.int8,
    basis pg_catalog.text,
    execution_key pg_catalog.bytea
)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
AS $function$
#variable_conflict use_column
DECLARE
    v_days CONSTANT pg_catalog.int4 := script_tracking.current_setting_value('retention.days')::pg_catalog.int4;
    v_kept CONSTANT pg_catalog."interval" := make_interval(days => v_days);
    v_rules CONSTANT pg_catalog.int8 := (SELECT count(*) FROM script_tracking.setting AS s
        WHERE s.setting_name ~ '^retention\.(tenant|type|least\.class)\.');
    v_now CONSTANT pg_catalog.timestamptz := date_trunc('hour', statement_timestamp(), 'UTC');
    v_month pg_catalog.timestamptz;
    v_end pg_catalog.timestamptz;
    v_until pg_catalog.timestamptz;
    v_executions pg_catalog.int8;
    v_first pg_catalog.timestamptz;
BEGIN
    FOR v_month IN
        SELECT r.month_start FROM script_tracking.record_months() AS r WHERE r.month_start < v_now ORDER BY 1
    LOOP
        v_end := v_month + '1 month'::pg_catalog."interval";
        v_until := least(v_end, v_now);
        SELECT sum(t.ended)::pg_catalog.int8, min(t.moment) INTO v_executions, v_first
        FROM script_tracking.trend_counts(NULL, p_tenant_hk, v_month, v_until,
            script_tracking.trend_days(NULL, p_tenant_hk, v_month, v_until, 'day', 'UTC'), 'day', 'UTC', NULL) AS t;
        IF v_executions > 0 THEN
            -- It may be a day.
            SELECT min(t.hour_start) INTO v_first
            FROM script_tracking.tally_hours(p_tenant_hk, v_first, least(v_first + '1 day'::pg_catalog."interval", v_until)) AS t;
            RETURN QUERY SELECT 'retention', 'the executions of ' || to_char(v_month, 'YYYY-MM') || ' are removed', p_tenant_hk,
                CASE WHEN v_first + v_kept <= statement_timestamp() THEN 'DUE' ELSE 'EXPECTED' END, v_first + v_kept, v_end + v_kept,
                v_end + v_kept, 1::pg_catalog."numeric", v_executions,
                format('retention.days is %s; if dbtrack cleanup runs each day', v_days)
                    || CASE WHEN v_rules > 0 THEN format('; %s rules keep some of it longer', v_rules) ELSE '' END,
                NULL::pg_catalog.bytea;
            RETURN;
        END IF;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.predict_retention(pg_catalog.bytea) IS
    'Which month a cleanup removes next, when, and how many executions: EXPECTED or DUE';
