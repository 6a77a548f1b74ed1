-- The triggers on dbtrack's own tables. Run at every install, and only what is missing: making one locks its table.
DO $table_triggers$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['setting', 'tenant_h'] LOOP
        IF NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgname = 'keep_capture_setting'
            AND t.tgrelid = ('script_tracking.' || v_table)::regclass) THEN
            EXECUTE format('CREATE TRIGGER keep_capture_setting AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE '
                'ON script_tracking.%I FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.keep_capture_setting()', v_table);
        END IF;
    END LOOP;
END
$table_triggers$;
