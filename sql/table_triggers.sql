-- The triggers on dbtrack's own tables. Run at every install, and only what is missing: making one locks its table.
DO $table_triggers$
DECLARE
    v_trigger record;
BEGIN
    FOR v_trigger IN
        WITH administered (table_name) AS (
            SELECT unnest('{setting,installation,tenant_s,tenant_role_l,tenant_schema_l,tenant_key}'::text[])
        )
        SELECT t.*
        FROM (
            SELECT 'keep_capture_setting' AS name, unnest('{setting,tenant_h}'::text[]) AS table_name,
                'AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE' AS events, 'STATEMENT' AS level,
                'keep_capture_setting' AS function_name, false AS is_replica
            UNION ALL
            -- What a replication worker writes fires no ordinary trigger, and none of a statement.
            SELECT 'keep_replicated_setting', unnest('{setting,tenant_h}'::text[]), 'AFTER INSERT OR UPDATE OR DELETE', 'ROW',
                'keep_capture_setting', true
            UNION ALL
            SELECT 'mark_replicated', 'open_execution', 'BEFORE INSERT OR UPDATE', 'ROW', 'mark_replicated', true
            UNION ALL
            SELECT 'record_administration', a.table_name, 'AFTER INSERT OR UPDATE OR DELETE', 'ROW', 'record_administration', false
            FROM administered AS a
            UNION ALL
            SELECT 'record_truncation', a.table_name, 'BEFORE TRUNCATE', 'STATEMENT', 'record_administration', false
            FROM administered AS a
            UNION ALL
            -- A new tenant is recorded with its first version.
            SELECT 'record_administration', 'tenant_h', 'AFTER UPDATE OR DELETE', 'ROW', 'record_administration', false
        ) AS t
        WHERE NOT EXISTS (SELECT FROM pg_trigger AS g WHERE g.tgname = t.name
            AND g.tgrelid = ('script_tracking.' || t.table_name)::regclass)
    LOOP
        EXECUTE format('CREATE TRIGGER %I %s ON script_tracking.%I FOR EACH %s EXECUTE FUNCTION script_tracking.%I()',
            v_trigger.name, v_trigger.events, v_trigger.table_name, v_trigger.level, v_trigger.function_name);
        IF v_trigger.is_replica THEN
            EXECUTE format('ALTER TABLE script_tracking.%I ENABLE REPLICA TRIGGER %I', v_trigger.table_name, v_trigger.name);
        END IF;
    END LOOP;
END
$table_triggers$;
