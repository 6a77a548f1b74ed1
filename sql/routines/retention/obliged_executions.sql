-- Returns what must be kept: executions of a tenant, of a type, or all (both NULL) that began at kept_since or later. Those that must
-- be kept because of a class are returned by kept_class_executions().
CREATE OR REPLACE FUNCTION script_tracking.obliged_executions()
RETURNS TABLE (tenant_hk pg_catalog.bytea, script_type pg_catalog.text, kept_since pg_catalog.timestamptz)
LANGUAGE sql STABLE ROWS 3
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT b.tenant_hk, b.script_type, date_trunc('day', now(), 'UTC') - make_interval(days => b.least_days)
    FROM script_tracking.retention_bounds() AS b
    WHERE b.least_days > 0 AND b.class_name IS NULL
$function$;

COMMENT ON FUNCTION script_tracking.obliged_executions() IS 'What must be kept: of a tenant, of a type, or all, and since when';
