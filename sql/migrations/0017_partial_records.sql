-- Counts the DDL commands that were recorded in part, so that dbtrack health need not read the record.
CREATE SEQUENCE script_tracking.capture_partial_seq AS bigint;
COMMENT ON SEQUENCE script_tracking.capture_partial_seq IS
    'Counts the DDL commands that were recorded in part (metadata.not_described). A sequence costs the transaction nothing';

-- Tells whether the session ran DISCARD SEQUENCES, after which currval fails (place_is_kept). Its numbers mean nothing, so it
-- needs no WAL.
CREATE UNLOGGED SEQUENCE script_tracking.capture_discard_seq AS bigint CACHE 4096;
COMMENT ON SEQUENCE script_tracking.capture_discard_seq IS
    'Tells a backend whether it still has the values that it set: it holds a block of 4096 numbers until DISCARD SEQUENCES';
