-- Rollups that are not up to date, and what prevents it, as dbtrack health shows it.
SELECT 'WARNING', h.health_metric, h.details, CASE WHEN h.details LIKE '%; run: dbtrack maintain' THEN 'dbtrack maintain' END
FROM script_tracking.get_rollup_health() AS h
WHERE h.current_status <> 'OK'
