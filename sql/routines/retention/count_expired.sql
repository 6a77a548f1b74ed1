-- Returns how many executions a cleanup with this cutoff would remove.
CREATE OR REPLACE FUNCTION script_tracking.count_expired(p_cutoff pg_catalog.timestamptz)
RETURNS pg_catalog.int8
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    WITH kept AS MATERIALIZED (
        SELECT k.script_execution_hk FROM script_tracking.kept_class_executions() AS k
    ), member AS MATERIALIZED (
        SELECT m.class_name, m.script_execution_hk
        FROM (SELECT array_agg(b.class_name) AS classes FROM script_tracking.overdue_executions() AS b WHERE b.class_name IS NOT NULL) AS d
        CROSS JOIN LATERAL script_tracking.class_executions(d.classes) AS m
        WHERE d.classes IS NOT NULL
    )
    SELECT count(*)
    FROM script_tracking.script_execution_h AS h
    WHERE NOT EXISTS (SELECT FROM script_tracking.open_execution AS o WHERE o.script_execution_hk = h.script_execution_hk)
        AND h.script_execution_hk NOT IN (SELECT k.script_execution_hk FROM kept AS k)
        AND (h.load_date < p_cutoff AND NOT EXISTS (
            SELECT FROM script_tracking.retention_rules() AS r
            JOIN script_tracking.script_execution_s AS s
                ON s.load_date = h.load_date AND s.script_execution_hk = h.script_execution_hk
            WHERE (r.tenant_hk = s.tenant_hk OR r.script_type = s.script_type) AND s.execution_timestamp >= r.kept_since)
        -- What goes at the latest, if nothing obliges to keep it.
        OR EXISTS (
            SELECT FROM script_tracking.overdue_executions() AS d
            JOIN script_tracking.script_execution_s AS s
                ON s.load_date = h.load_date AND s.script_execution_hk = h.script_execution_hk
            WHERE d.removed_before > p_cutoff AND h.load_date < d.removed_before
                AND (d.tenant_hk IS NULL OR d.tenant_hk = s.tenant_hk) AND (d.script_type IS NULL OR d.script_type = s.script_type)
                AND (d.class_name IS NULL
                    OR (d.class_name, h.script_execution_hk) IN (SELECT m.class_name, m.script_execution_hk FROM member AS m))
                AND NOT EXISTS (SELECT FROM script_tracking.obliged_executions() AS o
                    WHERE (o.tenant_hk IS NULL AND o.script_type IS NULL OR o.tenant_hk = s.tenant_hk OR o.script_type = s.script_type)
                        AND s.execution_timestamp >= o.kept_since)))
$function$;

COMMENT ON FUNCTION script_tracking.count_expired(pg_catalog.timestamptz) IS 'How many executions a cleanup would remove';
