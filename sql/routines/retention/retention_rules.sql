-- Returns what is kept for longer than everything else: the settings retention.tenant.NAME and retention.type.NAME.
-- Executions of the tenant or the type that began at kept_since or later stay. These are whole days in UTC at the time
-- of the transaction, so that what is archived and what is removed afterwards agree.
CREATE OR REPLACE FUNCTION script_tracking.retention_rules()
RETURNS TABLE (tenant_hk pg_catalog.bytea, script_type pg_catalog.text, kept_since pg_catalog.timestamptz)
LANGUAGE sql STABLE ROWS 3
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT h.tenant_hk, r.script_type, date_trunc('day', now(), 'UTC') - make_interval(days => r.days)
    FROM (
        SELECT substring(s.setting_name::pg_catalog.text, '^retention\.tenant\.(.+)$') AS tenant_bk,
            substring(s.setting_name::pg_catalog.text, '^retention\.type\.(.+)$') AS script_type,
            s.setting_value::pg_catalog.int4 AS days
        FROM script_tracking.setting AS s
        WHERE s.setting_name LIKE 'retention.tenant.%' OR s.setting_name LIKE 'retention.type.%'
    ) AS r
    LEFT JOIN script_tracking.tenant_h AS h ON h.tenant_bk = r.tenant_bk
    WHERE h.tenant_hk IS NOT NULL OR r.script_type IS NOT NULL
$function$;

COMMENT ON FUNCTION script_tracking.retention_rules() IS
    'What a cleanup keeps for longer than everything else: of a tenant or of a type, and since when';
