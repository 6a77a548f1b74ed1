-- Moves a script_tracking schema that dbtrack did not create aside, under another name, and drops its event triggers.
-- Nothing in it is changed; adopt_copy.sql reads its executions.
DO $adopt_aside$
DECLARE
    v_aside text := 'script_tracking_adopted_' || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDD_HH24MISS');
    v_trigger name;
BEGIN
    IF to_regnamespace('script_tracking') IS NULL OR to_regclass('script_tracking.schema_migration') IS NOT NULL THEN
        RETURN;
    END IF;
    IF (SELECT count(*) FROM pg_attribute AS a
        WHERE a.attrelid IN (to_regclass('script_tracking.script_execution_h'), to_regclass('script_tracking.script_execution_s'))
            AND a.attname = 'script_execution_hk' AND NOT a.attisdropped) < 2 THEN
        RAISE EXCEPTION 'the schema script_tracking has no tables script_execution_h and script_execution_s with a script_execution_hk'
            USING ERRCODE = 'DT008', HINT = 'nothing was changed; rename the schema, and install without --adopt';
    END IF;
    FOR v_trigger IN
        SELECT t.evtname
        FROM pg_event_trigger AS t
        JOIN pg_proc AS p ON p.oid = t.evtfoid
        WHERE p.pronamespace = 'script_tracking'::regnamespace
            OR t.evtname IN ('et_ddl_command_start', 'et_ddl_command_end', 'et_sql_drop', 'et_table_rewrite')
    LOOP
        EXECUTE format('DROP EVENT TRIGGER %I', v_trigger);
    END LOOP;
    EXECUTE format('ALTER SCHEMA script_tracking RENAME TO %I', v_aside);
    PERFORM set_config('dbtrack.adopted_schema', v_aside, true);
END
$adopt_aside$;
