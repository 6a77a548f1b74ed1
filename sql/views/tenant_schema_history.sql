-- Which schema belonged to which tenant, and from when to when. For administrators.
CREATE OR REPLACE VIEW script_tracking.tenant_schema_history
WITH (security_invoker = true, security_barrier = true) AS
SELECT g.schema_name, h.tenant_bk, g.load_date AS valid_from, g.load_end_date AS valid_to, g.changed_by, g.tenant_hk,
    g.script_execution_hk, g.record_source
FROM (
    SELECT e.*, lead(e.load_date) OVER (PARTITION BY e.schema_name ORDER BY e.load_date) AS load_end_date
    FROM script_tracking.tenant_schema_es AS e
) AS g
JOIN script_tracking.tenant_h AS h ON h.tenant_hk = g.tenant_hk;

COMMENT ON VIEW script_tracking.tenant_schema_history IS
    'Which schema belonged to which tenant, from when to when; valid_to is NULL for a current one';
