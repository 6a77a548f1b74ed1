-- Each entry of a server log is recorded once, from whatever copy of the log it is read.

CREATE TABLE script_tracking.logged_entry (
    entry_hash bytea NOT NULL CONSTRAINT logged_entry_pkey PRIMARY KEY,
    load_date timestamptz NOT NULL
);
CREATE INDEX logged_entry_load_date ON script_tracking.logged_entry (load_date);

COMMENT ON TABLE script_tracking.logged_entry IS
    'Entries of server logs that were recorded, so that none is recorded twice. Kept for a year';
COMMENT ON COLUMN script_tracking.logged_entry.entry_hash IS
    'SHA-256 of the entry''s session, line number and time, or of its text where the log has no such numbers; and of the '
    'statement''s place in it';
COMMENT ON COLUMN script_tracking.log_position.source_hash IS
    'SHA-256 of the first entry of the log: the log keeps it when it is renamed, copied or compressed';

-- It returns more than one number now. A new database has no routines yet.
DO $result$
BEGIN
    IF to_regprocedure('script_tracking.ingest_log_records(jsonb, jsonb)') IS NOT NULL THEN
        DROP FUNCTION script_tracking.ingest_log_records(jsonb, jsonb);
    END IF;
END
$result$;
