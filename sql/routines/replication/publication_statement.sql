-- Returns the statement that publishes the record, of all tenants or of some. Never what belongs to each node, and not
-- recorded_by, which each node sets itself. With tenants it publishes no updates: PostgreSQL refuses every UPDATE of a
-- table whose filter for updates has a column that is not in its key. arrive_version and arrive_tenant end the earlier
-- version of what arrives instead. Who held a lock stays here: it can be a login of another tenant, and readers, as whom a
-- subscriber connects, may not see it.
CREATE OR REPLACE FUNCTION script_tracking.publication_statement(
    p_publication_name pg_catalog.text,
    p_tenants pg_catalog.text[] DEFAULT '{}'
)
RETURNS pg_catalog.text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_keys pg_catalog.text := (
        SELECT string_agg(format('%L', t.tenant_hk), ', ' ORDER BY t.place)
        FROM (
            SELECT script_tracking.resolve_tenant(n.name)::pg_catalog.text AS tenant_hk, n.place
            FROM unnest(p_tenants) WITH ORDINALITY AS n (name, place)
        ) AS t);
BEGIN
    RETURN (
        SELECT format(E'CREATE PUBLICATION %I FOR TABLE\n    %s\n    WITH (publish = %L, publish_via_partition_root = true);',
            p_publication_name,
            string_agg(format('script_tracking.%I', p.table_name)
                || CASE WHEN p.table_name IN ('script_execution_s', 'execution_wait_s') THEN (
                    SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
                    FROM pg_catalog.pg_attribute AS a
                    WHERE a.attrelid = format('script_tracking.%I', p.table_name)::pg_catalog.regclass AND a.attnum > 0
                        AND NOT a.attisdropped AND a.attname NOT IN ('recorded_by', 'holders')) ELSE '' END
                || CASE WHEN v_keys IS NULL THEN '' ELSE format(' WHERE (tenant_hk IN (%s))', v_keys) END, E',\n    ' ORDER BY p.place),
            CASE WHEN v_keys IS NULL THEN 'insert, update' ELSE 'insert' END)
        FROM unnest('{tenant_h,tenant_s,script_execution_h,script_execution_s,script_execution_parent_l,'
            'execution_wait_s}'::pg_catalog.text[])
            WITH ORDINALITY AS p (table_name, place));
END
$function$;

COMMENT ON FUNCTION script_tracking.publication_statement(pg_catalog.text, pg_catalog.text[]) IS
    'The statement that publishes the record, of all tenants or of these';
