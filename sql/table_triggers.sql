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
        -- What a replication worker writes fires no trigger of the usual kind, and none of a statement.
        IF NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgname = 'keep_replicated_setting'
            AND t.tgrelid = ('script_tracking.' || v_table)::regclass) THEN
            EXECUTE format('CREATE TRIGGER keep_replicated_setting AFTER INSERT OR UPDATE OR DELETE '
                'ON script_tracking.%I FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_capture_setting()', v_table);
            EXECUTE format('ALTER TABLE script_tracking.%I ENABLE REPLICA TRIGGER keep_replicated_setting', v_table);
        END IF;
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgname = 'mark_replicated'
        AND t.tgrelid = 'script_tracking.open_execution'::regclass) THEN
        CREATE TRIGGER mark_replicated BEFORE INSERT OR UPDATE
            ON script_tracking.open_execution FOR EACH ROW EXECUTE FUNCTION script_tracking.mark_replicated();
        ALTER TABLE script_tracking.open_execution ENABLE REPLICA TRIGGER mark_replicated;
    END IF;
END
$table_triggers$;
