-- Built and checked aside, then attached: the lock on the parent is short.
CREATE TABLE telemetry.reading_2026_04 (LIKE telemetry.reading INCLUDING ALL);
ALTER TABLE telemetry.reading_2026_04 ADD CONSTRAINT reading_2026_04_range
    CHECK (measured_at >= '2026-04-01 00:00+00' AND measured_at < '2026-05-01 00:00+00');
ALTER TABLE telemetry.reading ATTACH PARTITION telemetry.reading_2026_04
    FOR VALUES FROM ('2026-04-01 00:00+00') TO ('2026-05-01 00:00+00');
ALTER TABLE telemetry.reading_2026_04 DROP CONSTRAINT reading_2026_04_range;
