-- Which role had which tenant, and from when to when. For administrators.
CREATE OR REPLACE VIEW script_tracking.tenant_role_history
WITH (security_invoker = true, security_barrier = true) AS
SELECT h.tenant_bk, g.role_name, g.is_default, g.load_date AS valid_from, g.load_end_date AS valid_to, g.changed_by,
    g.tenant_hk, g.script_execution_hk, g.record_source
FROM (
    SELECT e.*, lead(e.load_date) OVER (PARTITION BY e.tenant_hk, e.role_name ORDER BY e.load_date) AS load_end_date
    FROM script_tracking.tenant_role_es AS e
) AS g
JOIN script_tracking.tenant_h AS h ON h.tenant_hk = g.tenant_hk
WHERE g.is_granted;

COMMENT ON VIEW script_tracking.tenant_role_history IS
    'Which role had which tenant, from when to when; valid_to is NULL for a current one';
