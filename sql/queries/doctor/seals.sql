-- Rows that were not sealed in time, and what prevents it, as dbtrack health shows it.
SELECT 'WARNING', h.health_metric, h.details, CASE WHEN h.details LIKE '%; run: dbtrack seal' THEN 'dbtrack seal' END
FROM script_tracking.get_seal_health() AS h
WHERE h.current_status <> 'OK'
