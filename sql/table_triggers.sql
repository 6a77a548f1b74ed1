-- The triggers on dbtrack's own tables. Run at every install, and only what is missing: making one locks its table.
DO $table_triggers$
DECLARE
    v_table text;
    v_trigger record;
    v_publication text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['setting', 'tenant_h'] LOOP
        IF NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgname = 'keep_capture_setting'
            AND t.tgrelid = ('script_tracking.' || v_table)::regclass) THEN
            EXECUTE format('CREATE TRIGGER keep_capture_setting AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE '
                'ON script_tracking.%I FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.keep_capture_setting()', v_table);
        END IF;
    END LOOP;
    -- Where logical replication writes, and nowhere else. Hubs, satellites and links may be replicated; all other tables are
    -- each node's own, and what a publication of all tables brings of them would collide with what is here.
    FOR v_trigger IN
        SELECT c.relname AS table_name, a.function_name, coalesce(a.events, 'INSERT OR UPDATE OR DELETE') AS events
        FROM pg_class AS c
        CROSS JOIN LATERAL (
            SELECT CASE WHEN c.relname = 'script_execution_s' THEN 'arrive_version'
                    WHEN c.relname = 'script_execution_parent_l' THEN 'arrive_link'
                    WHEN c.relname LIKE 'tenant\_%\_l' OR c.relname IN ('tenant_h', 'tenant_s') THEN 'arrive_tenant'
                    WHEN c.relname !~ '_[hsl]$' THEN 'keep_local' END AS function_name,
                CASE WHEN c.relname = 'script_execution_parent_l' OR c.relname ~ '^tenant_.*[hsl]$' THEN 'INSERT' END AS events
        ) AS a
        WHERE c.relnamespace = 'script_tracking'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND a.function_name IS NOT NULL
            AND NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname = a.function_name)
        ORDER BY c.relname
    LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE %s ON script_tracking.%I FOR EACH ROW EXECUTE FUNCTION script_tracking.%I()',
            v_trigger.function_name, v_trigger.events, v_trigger.table_name, v_trigger.function_name);
        EXECUTE format('ALTER TABLE script_tracking.%I ENABLE REPLICA TRIGGER %I', v_trigger.table_name,
            v_trigger.function_name);
    END LOOP;
    FOR v_publication IN
        SELECT DISTINCT p.pubname FROM pg_publication AS p
        WHERE p.puballtables OR EXISTS (SELECT FROM pg_publication_namespace AS n
            WHERE n.pnpubid = p.oid AND n.pnnspid = 'script_tracking'::regnamespace)
    LOOP
        RAISE WARNING 'the publication "%" publishes the tables of dbtrack too: replication to a subscriber without dbtrack '
            'stops; run: dbtrack doctor', v_publication;
    END LOOP;
END
$table_triggers$;
