CREATE TABLE telemetry.reading (
    device_id   integer NOT NULL REFERENCES telemetry.device,
    measured_at timestamptz NOT NULL,
    watt_hours  numeric(12, 3) NOT NULL,
    PRIMARY KEY (device_id, measured_at)
) PARTITION BY RANGE (measured_at);

CREATE TABLE telemetry.reading_2026_01 PARTITION OF telemetry.reading
    FOR VALUES FROM ('2026-01-01 00:00+00') TO ('2026-02-01 00:00+00');
CREATE TABLE telemetry.reading_2026_02 PARTITION OF telemetry.reading
    FOR VALUES FROM ('2026-02-01 00:00+00') TO ('2026-03-01 00:00+00');
CREATE TABLE telemetry.reading_2026_03 PARTITION OF telemetry.reading
    FOR VALUES FROM ('2026-03-01 00:00+00') TO ('2026-04-01 00:00+00');
