-- The triggers on dbtrack's own tables. It runs on every install, and adds only what is missing, because creating a
-- trigger locks its table.
DO $table_triggers$
DECLARE
    v_trigger record;
    v_publication text;
    -- Read first, because no trigger can be created on a table while a query reads it.
    v_ours oid[] := ARRAY(SELECT to_regclass(format('script_tracking.%I', substr(i.property_name, 10)))::oid
        FROM script_tracking.installation AS i WHERE starts_with(i.property_name, 'relation.'));
BEGIN
    FOR v_trigger IN
        WITH administered (table_name) AS (
            SELECT unnest('{setting,installation,tenant_s,tenant_role_l,tenant_schema_l,tenant_key,alert,api_token,'
                'execution_resolution_s,auditor}'::text[])
        )
        SELECT t.*
        FROM (
            SELECT 'keep_capture_setting' AS name, unnest('{setting,tenant_h}'::text[]) AS table_name,
                'AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE' AS events, 'STATEMENT' AS level,
                'keep_capture_setting' AS function_name, false AS is_replica
            UNION ALL
            -- Rows that a replication worker writes fire no ordinary trigger, and no statement trigger.
            SELECT 'keep_replicated_setting', 'tenant_h', 'AFTER INSERT OR UPDATE OR DELETE', 'ROW', 'keep_capture_setting', true
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
    -- Only where logical replication writes: rows that a publication of all tables brings for a table that belongs to
    -- each node would collide with those that are here.
    FOR v_trigger IN
        SELECT c.relname AS table_name, t.tgname AS name
        FROM pg_class AS c
        JOIN pg_trigger AS t ON t.tgrelid = c.oid AND t.tgname ~ '^(keep_local|arrive_)'
        WHERE c.oid = ANY (v_ours) AND NOT c.relispartition AND t.tgname IS DISTINCT FROM script_tracking.arrival_trigger(c.relname)
    LOOP
        -- An earlier version took in its rows in another way.
        EXECUTE format('DROP TRIGGER %I ON script_tracking.%I', v_trigger.name, v_trigger.table_name);
    END LOOP;
    FOR v_trigger IN
        SELECT c.relname AS table_name, a.function_name,
            CASE WHEN a.function_name IN ('arrive_link', 'arrive_tenant', 'arrive_execution') THEN 'INSERT'
                WHEN a.function_name = 'arrive_wait' THEN 'INSERT OR UPDATE'
                ELSE 'INSERT OR UPDATE OR DELETE' END AS events
        FROM pg_class AS c
        CROSS JOIN LATERAL (SELECT script_tracking.arrival_trigger(c.relname) AS function_name) AS a
        WHERE c.oid = ANY (v_ours) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
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
