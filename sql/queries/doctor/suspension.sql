-- Capture that is suspended, and suspensions after which the catalogs were not compared.
SELECT CASE WHEN g.is_forgotten THEN 'CRITICAL' ELSE 'WARNING' END, 'capture', CASE
        WHEN g.resumed_at IS NOT NULL THEN 'capture was suspended, and nobody looked what happened meanwhile'
        ELSE g.details || CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_event_trigger AS t
                WHERE t.evtfoid = to_regprocedure('script_tracking.event_trigger_ddl_end()'))
            THEN '; but its event trigger is there' ELSE '' END END, 'dbtrack resume'
FROM script_tracking.get_suspension() AS g;
