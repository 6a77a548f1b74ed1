ALTER TABLE telemetry.device
    ADD COLUMN firmware_version text,
    ADD COLUMN last_seen_at timestamptz;
CREATE INDEX device_last_seen_idx ON telemetry.device USING brin (last_seen_at);
COMMENT ON COLUMN telemetry.device.last_seen_at IS 'Time of the last reading, by the gateway''s clock';
