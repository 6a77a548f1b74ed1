-- Reports whether DDL is recorded: the setting, the event triggers, and the DDL that could not be recorded
-- or was recorded only in part.
CREATE OR REPLACE FUNCTION script_tracking.get_capture_health()
RETURNS TABLE (
    health_category pg_catalog.text,
    health_metric pg_catalog.text,
    current_status pg_catalog.text,
    details pg_catalog.text
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    v_enabled pg_catalog.text;
    v_ignored pg_catalog.text;
    v_failures pg_catalog.int8;
    v_latest pg_catalog.timestamptz;
    v_example pg_catalog.text;
    v_uncaptured pg_catalog.text := script_tracking.uncaptured_roles();
    v_compared pg_catalog.bool := true;
    v_suspension record;
BEGIN
    IF has_table_privilege('script_tracking.setting', 'SELECT') THEN
        SELECT s.setting_value INTO v_enabled
        FROM script_tracking.setting AS s WHERE s.setting_name = 'capture.enabled';
        SELECT s.setting_value INTO v_ignored
        FROM script_tracking.setting AS s WHERE s.setting_name = 'capture.ignore_schemas';
    END IF;
    SELECT g.* INTO v_suspension FROM script_tracking.get_suspension() AS g;
    IF v_ignored <> '' THEN
        RETURN QUERY SELECT 'capture', 'capture_left_out', 'OK', 'DDL on tables and views of ' || v_ignored
            || ' is not recorded: the setting capture.ignore_schemas';
    END IF;
    RETURN QUERY SELECT 'capture', 'capture_enabled',
        CASE v_enabled WHEN 'on' THEN 'OK' WHEN 'off' THEN 'WARNING' ELSE 'UNKNOWN' END,
        CASE v_enabled WHEN 'on' THEN CASE WHEN v_suspension.suspended_at IS NOT NULL AND v_suspension.resumed_at IS NULL
                THEN 'the setting capture.enabled is on' ELSE 'DDL is recorded' END
            WHEN 'off' THEN 'the setting capture.enabled is off'
            ELSE 'this role may not read the settings' END;
    IF v_suspension.resumed_at IS NOT NULL THEN
        RETURN QUERY SELECT 'capture', 'capture_suspended', 'WARNING',
            'capture was suspended, and nobody looked what happened meanwhile; run: dbtrack resume';
    ELSIF v_suspension.suspended_at IS NOT NULL THEN
        RETURN QUERY SELECT 'capture', 'capture_suspended', CASE WHEN v_suspension.is_forgotten THEN 'CRITICAL' ELSE 'WARNING' END,
            v_suspension.details || '; run: dbtrack resume';
    END IF;
    -- PostgreSQL 17 and later can disable all event triggers.
    IF current_setting('event_triggers', true) = 'off' THEN
        RETURN QUERY SELECT 'capture', 'event_triggers', 'CRITICAL', 'the server setting event_triggers is off';
    END IF;
    RETURN QUERY
    SELECT 'capture', expected.name,
        CASE
            WHEN t.evtenabled = 'A' THEN 'OK'
            WHEN t.evtenabled IN ('O', 'R') THEN 'WARNING'
            WHEN v_suspension.suspended_at IS NOT NULL AND v_suspension.resumed_at IS NULL AND t.evtenabled IS NULL THEN 'OK'
            WHEN v_enabled = 'off' THEN 'WARNING'
            ELSE 'CRITICAL'
        END,
        CASE
            WHEN v_suspension.suspended_at IS NOT NULL AND v_suspension.resumed_at IS NULL AND t.evtenabled IS NULL
                THEN 'removed: capture is suspended'
            WHEN t.evtenabled IS NULL THEN 'missing: DDL is not recorded; run: dbtrack install'
            WHEN t.evtenabled = 'A' THEN 'enabled always'
            WHEN t.evtenabled = 'D' THEN 'disabled; run: dbtrack install'
            ELSE 'skipped under some values of session_replication_role; run: dbtrack install'
        END
    FROM (VALUES ('et_ddl_command_start'), ('et_ddl_command_end'), ('et_sql_drop'), ('et_table_rewrite')) AS expected (name)
    LEFT JOIN (
        SELECT e.evtname, e.evtenabled
        FROM pg_catalog.pg_event_trigger AS e
        JOIN pg_catalog.pg_proc AS p ON p.oid = e.evtfoid
        -- A trigger of the same name that runs another function records nothing.
        WHERE p.pronamespace = 'script_tracking'::pg_catalog.regnamespace
    ) AS t ON t.evtname = expected.name;
    IF v_uncaptured IS NOT NULL THEN
        IF has_table_privilege('script_tracking.catalog_snapshot', 'SELECT') THEN
            v_compared := EXISTS (SELECT FROM script_tracking.catalog_snapshot AS c
                WHERE c.taken_at > statement_timestamp() - '2 days'::pg_catalog."interval");
        END IF;
        RETURN QUERY SELECT 'capture', 'uncaptured_roles', CASE WHEN v_compared THEN 'OK' ELSE 'WARNING' END,
            format('supautils keeps the DDL of these roles from being captured; run dbtrack reconcile regularly: %s', v_uncaptured);
    END IF;
    IF NOT (has_sequence_privilege('script_tracking.capture_failure_seq', 'SELECT')
        AND has_sequence_privilege('script_tracking.capture_partial_seq', 'SELECT')) THEN
        RETURN QUERY SELECT 'capture', m.metric, 'UNKNOWN', 'this role may not read the counter'
        FROM (VALUES ('capture_failures'), ('partial_records')) AS m (metric);
        RETURN;
    END IF;
    SELECT CASE WHEN q.is_called THEN q.last_value ELSE 0 END INTO v_failures
    FROM script_tracking.capture_failure_seq AS q;
    IF has_table_privilege('script_tracking.capture_failure', 'SELECT') THEN
        SELECT max(c.occurred_at) INTO v_latest FROM script_tracking.capture_failure AS c;
    END IF;
    RETURN QUERY SELECT 'capture', 'capture_failures',
        CASE WHEN v_failures = 0 THEN 'OK' ELSE 'WARNING' END,
        format('%s DDL commands could not be recorded', v_failures)
            || coalesce(', the latest at ' || to_char(v_latest, 'YYYY-MM-DD HH24:MI:SSOF'), '');
    SELECT CASE WHEN q.is_called THEN q.last_value ELSE 0 END INTO v_failures
    FROM script_tracking.capture_partial_seq AS q;
    IF v_failures > 0 THEN
        -- Only a thousand, so that it stays fast: no index covers this condition.
        SELECT format('; the latest, among the last 1,000 executions, is a %s without its %s: dbtrack show %s', s.script_name,
            (SELECT string_agg(p.part, ', ' ORDER BY p.part) FROM jsonb_object_keys(s.metadata -> 'not_described') AS p (part)),
            left(encode(s.script_execution_hk, 'hex'), 12))
        INTO v_example
        FROM (
            SELECT e.script_name, e.metadata, e.script_execution_hk, e.execution_timestamp
            FROM script_tracking.script_execution_s AS e
            WHERE e.load_date > statement_timestamp() - '2 days'::pg_catalog."interval"
                AND e.execution_timestamp > statement_timestamp() - '2 days'::pg_catalog."interval"
                AND e.load_end_date IS NULL
            ORDER BY e.execution_timestamp DESC
            LIMIT 1000
        ) AS s
        WHERE jsonb_typeof(s.metadata -> 'not_described') = 'object'
        ORDER BY s.execution_timestamp DESC
        LIMIT 1;
    END IF;
    RETURN QUERY SELECT 'capture', 'partial_records', CASE WHEN v_failures = 0 THEN 'OK' ELSE 'WARNING' END,
        format('%s DDL commands were recorded in part', v_failures) || coalesce(v_example, '')
            || CASE WHEN v_failures = 0 THEN '' ELSE '; dbtrack doctor shows how to list them' END;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_capture_health() IS 'The part of get_system_health that is about capture';
