-- An event trigger that is missing, is disabled or runs another function: each means that DDL is not recorded.
SELECT 'CRITICAL', w.trigger_name,
    CASE WHEN t.oid IS NULL THEN 'the event trigger is missing: DDL is not captured'
        WHEN t.evtfoid <> to_regprocedure(format('script_tracking.%I()', w.function_name))
            THEN format('the event trigger runs %s', t.evtfoid::regprocedure)
        WHEN t.evtenabled = 'D' THEN 'the event trigger is disabled: DDL is not captured'
        WHEN t.evtenabled = 'O' THEN 'the event trigger is skipped under session_replication_role = replica'
        ELSE 'the event trigger fires only under session_replication_role = replica' END,
    CASE WHEN t.oid IS NULL THEN 'dbtrack install # as a superuser, or as your provider''s stand-in for one'
        WHEN t.evtfoid <> to_regprocedure(format('script_tracking.%I()', w.function_name))
            THEN format('DROP EVENT TRIGGER %I; -- then: dbtrack install', w.trigger_name)
        ELSE format('ALTER EVENT TRIGGER %I ENABLE ALWAYS;', w.trigger_name) END
FROM (VALUES
    (1, 'et_ddl_command_start', 'event_trigger_ddl_start'),
    (2, 'et_ddl_command_end', 'event_trigger_ddl_end'),
    (3, 'et_sql_drop', 'event_trigger_sql_drop'),
    (4, 'et_table_rewrite', 'event_trigger_table_rewrite')) AS w (position, trigger_name, function_name)
LEFT JOIN pg_catalog.pg_event_trigger AS t ON t.evtname = w.trigger_name
WHERE t.oid IS NULL OR t.evtenabled <> 'A'
    OR t.evtfoid IS DISTINCT FROM to_regprocedure(format('script_tracking.%I()', w.function_name))
UNION ALL
-- From PostgreSQL 17 on, one setting disables all event triggers.
SELECT 'CRITICAL', 'event_triggers', 'event triggers are switched off for the server or this database or role',
    CASE s.source
        WHEN 'database' THEN format('ALTER DATABASE %I RESET event_triggers;', current_database())
        WHEN 'user' THEN format('ALTER ROLE %I RESET event_triggers;', session_user)
        WHEN 'database user' THEN format('ALTER ROLE %I IN DATABASE %I RESET event_triggers;', session_user, current_database())
        ELSE 'ALTER SYSTEM RESET event_triggers; SELECT pg_reload_conf();' END
FROM pg_catalog.pg_settings AS s
WHERE s.name = 'event_triggers' AND s.setting = 'off';
