CREATE MATERIALIZED VIEW telemetry.daily_usage AS
SELECT device.site_id,
       date_trunc('day', reading.measured_at, 'UTC') AS day,
       sum(reading.watt_hours) AS watt_hours
FROM telemetry.reading
JOIN telemetry.device USING (device_id)
GROUP BY 1, 2
WITH NO DATA;

CREATE UNIQUE INDEX daily_usage_key ON telemetry.daily_usage (site_id, day);
REFRESH MATERIALIZED VIEW telemetry.daily_usage;
