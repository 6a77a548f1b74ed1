-- Executions that are left out of an archive: those that are still running when it begins, and those that are kept for
-- longer than the rest; of these, the ones that a class keeps apart.
SELECT ARRAY(
        SELECT o.script_execution_hk FROM script_tracking.open_execution AS o
        WHERE o.load_date < %(cutoff)s::timestamptz) AS running,
    ARRAY(
        SELECT DISTINCT s.script_execution_hk
        FROM script_tracking.retention_rules() AS r
        JOIN script_tracking.script_execution_s AS s ON s.tenant_hk = r.tenant_hk OR s.script_type = r.script_type
        WHERE s.load_date < %(cutoff)s::timestamptz AND s.execution_timestamp >= r.kept_since) AS spared,
    ARRAY(SELECT k.script_execution_hk FROM script_tracking.kept_class_executions() AS k) AS classified
