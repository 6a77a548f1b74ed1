-- Returns for how long executions must be kept at least, and may be kept at most: one row a rule, from the settings evidence.in_force,
-- retention.least* and retention.most*. A rule is about all executions, those of a tenant, those of a type, or those that changed an
-- object of a class.
CREATE OR REPLACE FUNCTION script_tracking.retention_bounds()
RETURNS TABLE (
    rule pg_catalog.text,
    tenant_bk pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    script_type pg_catalog.text,
    least_days pg_catalog.int4,
    at_once_days pg_catalog.int4,
    most_days pg_catalog.int4,
    class_name pg_catalog.text
)
LANGUAGE sql STABLE ROWS 3
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH own AS (
        SELECT s.setting_name::pg_catalog.text AS name, s.setting_value AS value,
            substring(s.setting_name::pg_catalog.text, '^(?:evidence\.in_force|retention\.(?:least|most)\.tenant)\.(.+)$') AS tenant_bk,
            substring(s.setting_name::pg_catalog.text, '^retention\.(?:least|most)\.type\.(.+)$') AS script_type,
            substring(s.setting_name::pg_catalog.text, '^retention\.(?:least|most)\.class\.(.+)$') AS class_name
        FROM script_tracking.setting AS s
        WHERE s.setting_name ~ '^(evidence\.in_force|retention\.(least|most))(_days|\.|$)' AND s.setting_value NOT IN ('', '0')
    ), bound AS (
        SELECT f.framework || coalesce(' ' || f.paragraph, '') AS rule, o.tenant_bk, o.script_type, f.least_days, f.at_once_days,
            0 AS most_days, NULL::pg_catalog.text AS class_name
        FROM own AS o
        JOIN script_tracking.framework_periods() AS f ON f.framework = ANY (script_tracking.setting_names(o.value))
        WHERE starts_with(o.name, 'evidence.') AND f.least_days > 0
        UNION ALL
        SELECT o.name, o.tenant_bk, o.script_type, CASE WHEN o.name ~ '^retention\.least' THEN o.value::pg_catalog.int4 ELSE 0 END, 0,
            CASE WHEN o.name ~ '^retention\.least' THEN 0 ELSE o.value::pg_catalog.int4 END, o.class_name
        FROM own AS o
        WHERE starts_with(o.name, 'retention.')
    )
    SELECT b.rule, b.tenant_bk, h.tenant_hk, b.script_type, b.least_days, b.at_once_days, b.most_days, b.class_name
    FROM bound AS b
    LEFT JOIN script_tracking.tenant_h AS h ON h.tenant_bk = b.tenant_bk
    WHERE b.tenant_bk IS NULL OR h.tenant_hk IS NOT NULL
$function$;

COMMENT ON FUNCTION script_tracking.retention_bounds() IS
    'For how long executions must be kept at least, and may be kept at most: one row a rule';
