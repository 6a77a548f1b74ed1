CREATE FUNCTION telemetry.record_reading(serial_number text, measured_at timestamptz, watt_hours numeric)
RETURNS void
LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO telemetry.reading (device_id, measured_at, watt_hours)
    SELECT device.device_id, record_reading.measured_at, record_reading.watt_hours
    FROM telemetry.device
    WHERE device.serial_number = record_reading.serial_number
    ON CONFLICT (device_id, measured_at) DO NOTHING;
END;
COMMENT ON FUNCTION telemetry.record_reading(text, timestamptz, numeric)
    IS 'Stores one reading; the same reading twice is stored once.';

INSERT INTO telemetry.site (site_name, latitude, longitude)
VALUES ('Northgate substation', 53.55110, 9.99370), ('Millpond works', 53.87270, 10.68660);
INSERT INTO telemetry.device (site_id, kind, serial_number)
SELECT 1 + number % 2, 'meter', 'GP-' || to_char(number, 'FM0000') FROM generate_series(1, 20) AS number;
INSERT INTO telemetry.reading (device_id, measured_at, watt_hours)
SELECT device.device_id, hour, 400 + 25 * device.device_id
FROM telemetry.device,
     generate_series(timestamptz '2026-01-10 00:00+00', '2026-03-10 00:00+00', interval '6 hours') AS hour;
