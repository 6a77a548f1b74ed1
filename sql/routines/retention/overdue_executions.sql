-- Returns what a cleanup removes before its own cutoff, because a setting retention.most* says when it goes at the latest: executions of
-- a tenant, of a type, of a class, or all that began before removed_before. Whole days in UTC, as retention_rules() has them. These
-- rules come before retention.tenant.* and retention.type.*, and after what must be kept.
CREATE OR REPLACE FUNCTION script_tracking.overdue_executions()
RETURNS TABLE (
    tenant_hk pg_catalog.bytea,
    script_type pg_catalog.text,
    class_name pg_catalog.text,
    removed_before pg_catalog.timestamptz
)
LANGUAGE sql STABLE ROWS 3
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT b.tenant_hk, b.script_type, b.class_name, date_trunc('day', now(), 'UTC') - make_interval(days => b.most_days)
    FROM script_tracking.retention_bounds() AS b
    WHERE b.most_days > 0
    ORDER BY 4
$function$;

COMMENT ON FUNCTION script_tracking.overdue_executions() IS
    'What a cleanup removes at the latest: of a tenant, of a type, of a class, or all, before a moment';
