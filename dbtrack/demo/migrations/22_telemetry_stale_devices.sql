-- Fails: the column is called last_seen_at.
CREATE VIEW telemetry.stale_device AS
SELECT serial_number, last_seen
FROM telemetry.device
WHERE last_seen < now() - interval '1 day';
