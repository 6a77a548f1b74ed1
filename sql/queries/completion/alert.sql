-- The alerts.
SELECT DISTINCT a.alert_name::text, '' FROM script_tracking.alert AS a ORDER BY 1;
