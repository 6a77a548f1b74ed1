-- ingest_log_records
-- Records what a batch of log tells, and how far it was read.
SELECT r.recorded, r.failed, r.explained
FROM script_tracking.ingest_log_records(
    records => %(records)s::jsonb,
    log_position => %(log_position)s::jsonb) AS r
