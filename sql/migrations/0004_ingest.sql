-- How far each server log has been read.

CREATE TABLE script_tracking.log_position (
    source_hash bytea NOT NULL CONSTRAINT log_position_pkey PRIMARY KEY,
    source_name text NOT NULL,
    log_format varchar(10) NOT NULL,
    byte_offset bigint NOT NULL,
    tail_hash bytea NOT NULL,
    execution_count bigint NOT NULL DEFAULT 0,
    first_read_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_read_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT log_position_offset CHECK (byte_offset >= 0)
);

COMMENT ON TABLE script_tracking.log_position IS
    'How far dbtrack ingest has read each log: it moves in the transaction that records what was read';
COMMENT ON COLUMN script_tracking.log_position.source_hash IS
    'SHA-256 of the log''s first line: the log keeps it when it is renamed, copied or compressed';
COMMENT ON COLUMN script_tracking.log_position.source_name IS 'What the log was called when it was last read';
COMMENT ON COLUMN script_tracking.log_position.byte_offset IS 'What has been read, in bytes of the uncompressed log';
COMMENT ON COLUMN script_tracking.log_position.tail_hash IS
    'SHA-256 of the bytes before byte_offset, up to 256: whether the log is still the one that was read';
COMMENT ON COLUMN script_tracking.log_position.execution_count IS 'How many executions were recorded from it';

CREATE TABLE script_tracking.logged_start (
    script_execution_hk bytea NOT NULL CONSTRAINT logged_start_pkey PRIMARY KEY,
    load_date timestamptz NOT NULL,
    session_statement varchar(64) NOT NULL,
    execution_timestamp timestamptz NOT NULL
);
CREATE INDEX logged_start_session_statement ON script_tracking.logged_start (session_statement);
CREATE INDEX logged_start_load_date ON script_tracking.logged_start (load_date);

COMMENT ON TABLE script_tracking.logged_start IS
    'Logged executions of which only the start is known: their failure may come later in the log. Kept for a week';
COMMENT ON COLUMN script_tracking.logged_start.session_statement IS
    'Digest of the session and its redacted statement, which the failure''s log entry has in common with the start';
