-- The keys that lead from an execution to its operation, to the objects whose history it changed, and to its tenant, each with
-- the load_date by which the row is a point look-up.
CREATE OR REPLACE VIEW script_tracking.execution_bridge
WITH (security_invoker = true) AS
SELECT
    s.script_execution_hk,
    s.load_date AS execution_load_date,
    s.tenant_hk,
    l.parent_execution_hk,
    l.link_type,
    o.object_hk,
    o.version_number AS object_version_number
FROM script_tracking.script_execution_s AS s
LEFT JOIN script_tracking.script_execution_parent_l AS l ON l.child_execution_hk = s.script_execution_hk
LEFT JOIN script_tracking.object_s AS o ON o.load_date = s.load_date AND o.script_execution_hk = s.script_execution_hk
WHERE s.load_end_date IS NULL;

COMMENT ON VIEW script_tracking.execution_bridge IS
    'Bridge: one row an execution, each operation or command that it ran inside, and each object that it changed';
