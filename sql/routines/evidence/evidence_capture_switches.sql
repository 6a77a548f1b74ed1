-- Returns when capture, or one of its event triggers, was switched off and on again, as far as the record shows: changes of the
-- setting, suspensions, what reconcile found and what the server's log had. o_is_exact: the moment is known; otherwise it is the
-- earliest at which it can have been. Reconcile knows that the trigger was off at o_seen_at.
CREATE OR REPLACE FUNCTION script_tracking.evidence_capture_switches(p_until pg_catalog.timestamptz)
RETURNS TABLE (
    part pg_catalog.text,
    switched_at pg_catalog.timestamptz,
    seen_at pg_catalog.timestamptz,
    is_on pg_catalog.bool,
    is_exact pg_catalog.bool,
    login pg_catalog.text,
    script_execution_hk pg_catalog.bytea,
    detail pg_catalog.text
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT 'capture.enabled', g.load_date, g.load_date, g.setting_value IS DISTINCT FROM 'off', true,
        g.changed_by::pg_catalog.text, g.script_execution_hk,
        format('the setting capture.enabled was set to %s', coalesce(g.setting_value, 'nothing'))
    FROM script_tracking.setting_s AS g
    WHERE g.setting_name = 'capture.enabled' AND g.load_date < p_until
    UNION ALL
    SELECT s.affected_objects[1],
        CASE WHEN w.is_on THEN (s.metadata ->> 'window_end')::pg_catalog.timestamptz
            ELSE (s.metadata ->> 'window_start')::pg_catalog.timestamptz END,
        (s.metadata ->> 'window_end')::pg_catalog.timestamptz, w.is_on, false, NULL, s.script_execution_hk,
        format('dbtrack reconcile found that the event trigger %s was %s', s.affected_objects[1],
            coalesce('set to fire ' || (s.metadata #>> '{after,fires}'), s.metadata ->> 'change'))
    FROM script_tracking.script_execution_s AS s
    CROSS JOIN LATERAL (SELECT s.metadata ->> 'change' <> 'dropped'
        AND coalesce(s.metadata #>> '{after,fires}', 'always') = 'always' AS is_on) AS w
    WHERE s.script_type = 'UNATTRIBUTED' AND s.load_end_date IS NULL AND s.script_name LIKE 'event trigger %'
        AND s.affected_objects[1] ~ '^et_(ddl_command_start|ddl_command_end|sql_drop|table_rewrite)$'
    UNION ALL
    SELECT 'dbtrack suspend', w.switched_at, w.switched_at, w.is_on, true, s.db_session_user::pg_catalog.text, s.script_execution_hk,
        format('capture was suspended, until %s at the latest: %s', to_char(s.expires_at, 'YYYY-MM-DD HH24:MI:SSOF'), s.reason)
    FROM script_tracking.suspension AS s
    CROSS JOIN LATERAL (VALUES (s.suspended_at, false), (s.resumed_at, true)) AS w (switched_at, is_on)
    WHERE w.switched_at < p_until
    UNION ALL
    SELECT m.word[1], s.execution_timestamp, s.execution_timestamp, m.word[2] = 'enable', true,
        s.db_session_user::pg_catalog.text, s.script_execution_hk, 'in the server''s log: ' || "left"(s.sql_command, 200)
    FROM script_tracking.script_execution_s AS s
    CROSS JOIN LATERAL (SELECT coalesce(
        regexp_match(lower(s.sql_command COLLATE "C"),
            'alter\s+event\s+trigger\s+"?(et_(?:ddl_command_start|ddl_command_end|sql_drop|table_rewrite))"?\s+(enable|disable)'),
        regexp_match(lower(s.sql_command COLLATE "C"),
            'drop\s+event\s+trigger\s+(?:if\s+exists\s+)?"?(et_(?:ddl_command_start|ddl_command_end|sql_drop|table_rewrite))"?()'))
        AS word) AS m
    WHERE s.script_type = 'DDL_LOG' AND s.load_end_date IS NULL AND s.execution_status = 'COMPLETED'
        AND s.script_name IN ('ALTER EVENT TRIGGER', 'DROP EVENT TRIGGER') AND m.word IS NOT NULL
$function$;

COMMENT ON FUNCTION script_tracking.evidence_capture_switches(pg_catalog.timestamptz) IS
    'When capture or one of its event triggers was switched off and on, as far as the record shows';
