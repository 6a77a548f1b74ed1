-- How many event triggers and functions of dbtrack the database has.
SELECT
    (SELECT count(*) FROM pg_catalog.pg_event_trigger AS t JOIN pg_catalog.pg_proc AS p ON p.oid = t.evtfoid
     WHERE p.pronamespace = 'script_tracking'::regnamespace
         AND p.proname IN ('event_trigger_ddl_start', 'event_trigger_ddl_end', 'event_trigger_sql_drop',
            'event_trigger_table_rewrite')),
    (SELECT count(*) FROM pg_catalog.pg_proc AS p
     JOIN script_tracking.installed_routine AS i ON i.routine_identity = p.oid::regprocedure::text
     WHERE NOT starts_with(i.routine_identity, 'dbtrack_mart.'));
