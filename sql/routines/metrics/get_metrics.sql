-- Returns what a monitoring system reads, one row a sample, in the words of Prometheus: dbtrack metrics, /metrics,
-- pgwatch and others print it. It reads stored counters and what was recorded since, so it takes milliseconds however
-- long the record is. Row security decides what is counted.
CREATE OR REPLACE FUNCTION script_tracking.get_metrics(
    p_most_tenants pg_catalog.int4 DEFAULT 20,
    p_most_types pg_catalog.int4 DEFAULT 20
)
RETURNS TABLE (
    metric_family pg_catalog.text,
    metric_type pg_catalog.text,
    metric_help pg_catalog.text,
    metric_name pg_catalog.text,
    labels pg_catalog.jsonb,
    metric_value pg_catalog."numeric"
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT m.* FROM script_tracking.get_execution_metrics(p_most_tenants, p_most_types) AS m
    UNION ALL
    SELECT m.* FROM script_tracking.get_state_metrics(p_most_types) AS m
    UNION ALL
    SELECT m.* FROM script_tracking.get_endpoint_metrics() AS m
    UNION ALL
    SELECT m.* FROM script_tracking.get_slot_metrics() AS m
$function$;

COMMENT ON FUNCTION script_tracking.get_metrics(pg_catalog.int4, pg_catalog.int4) IS
    'Metrics for a monitoring system, one row a sample: name, labels, value; 0 tenants leaves out the label';
