-- dbtrack ingest --from: a provider's log is not addressed by bytes, so its place has what the provider needs to go on.

ALTER TABLE script_tracking.log_position ADD COLUMN provider_place jsonb;
COMMENT ON COLUMN script_tracking.log_position.provider_place IS
    'For a log that a provider hands out: where to go on reading (marker or time), and the offset that this has; NULL for a file';
COMMENT ON COLUMN script_tracking.log_position.source_hash IS
    'SHA-256 of the first entry of the log: the log keeps it when it is renamed, copied or compressed; for a log that a '
    'provider hands out, of its name there';
