-- Retention: January is over.
ALTER TABLE telemetry.reading DETACH PARTITION telemetry.reading_2026_01;
DROP TABLE telemetry.reading_2026_01;
REFRESH MATERIALIZED VIEW CONCURRENTLY telemetry.daily_usage;
