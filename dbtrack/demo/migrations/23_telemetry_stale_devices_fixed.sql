CREATE VIEW telemetry.stale_device AS
SELECT serial_number, last_seen_at
FROM telemetry.device
WHERE last_seen_at < now() - interval '1 day';
COMMENT ON VIEW telemetry.stale_device IS 'Devices that were silent for a day';
