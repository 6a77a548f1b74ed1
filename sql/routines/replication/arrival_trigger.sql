-- Returns which trigger handles the rows of one of dbtrack's tables that arrive by logical replication; NULL: none,
-- they arrive unchanged. Hubs, satellites and links of executions and tenants may be replicated; all other tables belong to
-- each node. So do the histories of its settings and its objects (two nodes have objects of the same name), and what it
-- knows of resolved failures, which no publication of the record contains.
CREATE OR REPLACE FUNCTION script_tracking.arrival_trigger(p_table_name pg_catalog.name)
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE
        WHEN p_table_name = 'script_execution_h' THEN 'arrive_execution'
        WHEN p_table_name = 'execution_wait_s' THEN 'arrive_wait'
        WHEN p_table_name = 'script_execution_s' THEN 'arrive_version'
        WHEN p_table_name = 'script_execution_parent_l' THEN 'arrive_link'
        WHEN p_table_name LIKE 'tenant\_%\_l' OR p_table_name IN ('tenant_h', 'tenant_s') THEN 'arrive_tenant'
        WHEN p_table_name !~ '_[hsl]$' OR p_table_name IN ('setting_s', 'object_h', 'object_s', 'execution_resolution_s',
            'object_class_s', 'role_s') THEN 'keep_local' END
$function$;

COMMENT ON FUNCTION script_tracking.arrival_trigger(pg_catalog.name) IS
    'Which trigger handles the rows of a table that arrive by logical replication; NULL: none';
