-- Missing, disabled, or pointed at something else: each means that DDL goes unrecorded.
SELECT 'CRITICAL', w.trigger_name,
    CASE WHEN t.oid IS NULL THEN 'the event trigger is missing: DDL is not captured'
        WHEN t.evtfoid <> to_regprocedure(format('script_tracking.%I()', w.function_name))
            THEN format('the event trigger runs %s', t.evtfoid::regprocedure)
        WHEN t.evtenabled = 'D' THEN 'the event trigger is disabled: DDL is not captured'
        WHEN t.evtenabled = 'O' THEN 'the event trigger is skipped under session_replication_role = replica'
        ELSE 'the event trigger fires only under session_replication_role = replica' END,
    CASE WHEN t.oid IS NULL OR t.evtfoid <> to_regprocedure(format('script_tracking.%I()', w.function_name))
            THEN 'dbtrack install'
        ELSE format('ALTER EVENT TRIGGER %I ENABLE ALWAYS;', w.trigger_name) END
FROM (VALUES
    (1, 'et_ddl_command_start', 'event_trigger_ddl_start'),
    (2, 'et_ddl_command_end', 'event_trigger_ddl_end'),
    (3, 'et_sql_drop', 'event_trigger_sql_drop')) AS w (position, trigger_name, function_name)
LEFT JOIN pg_catalog.pg_event_trigger AS t ON t.evtname = w.trigger_name
WHERE t.oid IS NULL OR t.evtenabled <> 'A'
    OR t.evtfoid IS DISTINCT FROM to_regprocedure(format('script_tracking.%I()', w.function_name))
UNION ALL
-- From PostgreSQL 17 on, one setting switches all event triggers off.
SELECT 'CRITICAL', 'event_triggers', 'event triggers are switched off for the server or this database or role',
    'ALTER SYSTEM RESET event_triggers; SELECT pg_reload_conf();'
WHERE current_setting('event_triggers', true) = 'off';
