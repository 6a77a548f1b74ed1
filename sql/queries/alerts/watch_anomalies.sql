-- Whether an alert is about anomalies.
SELECT EXISTS (SELECT FROM script_tracking.alert AS a WHERE a.report_name = 'anomalies')
