-- Operations that were recorded from a spool, so that one is recorded once however often it is replayed.

CREATE TABLE script_tracking.spool_receipt (
    spool_id uuid NOT NULL CONSTRAINT spool_receipt_pkey PRIMARY KEY,
    load_date timestamptz NOT NULL
);

COMMENT ON TABLE script_tracking.spool_receipt IS
    'Operations recorded from the spool of a client that could not reach the database at the time';
COMMENT ON COLUMN script_tracking.spool_receipt.spool_id IS 'The client''s own id of the record: metadata.spool_id';

-- It gets an argument more: without this, an upgraded database would have two functions and calls be ambiguous. A new
-- one has no routines yet.
DO $signature$
BEGIN
    IF to_regprocedure('script_tracking.complete_operation(bytea, boolean, text, jsonb, varchar, text[])') IS NOT NULL THEN
        DROP FUNCTION script_tracking.complete_operation(bytea, boolean, text, jsonb, varchar, text[]);
    END IF;
END
$signature$;
