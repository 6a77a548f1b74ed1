-- Counts dbtrack's event triggers that always fire.
SELECT count(*)
FROM pg_catalog.pg_event_trigger AS t
JOIN pg_catalog.pg_proc AS p ON p.oid = t.evtfoid
WHERE p.pronamespace = pg_catalog.to_regnamespace('script_tracking')
    AND t.evtname IN ('et_ddl_command_start', 'et_ddl_command_end', 'et_sql_drop', 'et_table_rewrite')
    AND t.evtenabled = 'A';
