-- What `dbtrack digest --to` and `dbtrack maintain` need: where digests go, what became of each, and when to try again.

CREATE TABLE script_tracking.digest_destination (
    destination_name varchar(400) CONSTRAINT digest_destination_pkey PRIMARY KEY,
    destination_kind varchar(20) NOT NULL,
    is_scheduled boolean NOT NULL DEFAULT false,
    departs_every interval NOT NULL DEFAULT '0',
    added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    claimed_until timestamptz,
    next_attempt_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    is_gone boolean NOT NULL DEFAULT false,
    CONSTRAINT digest_destination_kind_known CHECK (destination_kind IN ('s3', 'rfc3161', 'directory', 'webhook'))
);
COMMENT ON TABLE script_tracking.digest_destination IS 'Where digests of the seals are sent, outside this database';
COMMENT ON COLUMN script_tracking.digest_destination.destination_name IS 'The destination without secrets: of a webhook, no path';
COMMENT ON COLUMN script_tracking.digest_destination.destination_kind IS 's3, rfc3161, directory or webhook';
COMMENT ON COLUMN script_tracking.digest_destination.is_scheduled IS
    'Whether dbtrack maintain sends there by its configuration, so that a digest that is late is a fault';
COMMENT ON COLUMN script_tracking.digest_destination.departs_every IS 'The least time between two digests; 0: one for each new block';
COMMENT ON COLUMN script_tracking.digest_destination.added_at IS 'When the first digest was to go there';
COMMENT ON COLUMN script_tracking.digest_destination.claimed_until IS 'Until when a process is sending there; others leave it alone';
COMMENT ON COLUMN script_tracking.digest_destination.next_attempt_at IS 'After a failure, when dbtrack maintain tries again';
COMMENT ON COLUMN script_tracking.digest_destination.failures IS 'How many attempts failed since the last digest that left';
COMMENT ON COLUMN script_tracking.digest_destination.is_gone IS
    'Whether the destination said that it wants no more (HTTP 410); dbtrack maintain sends no more';

CREATE TABLE script_tracking.digest_departure (
    departure_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT digest_departure_pkey PRIMARY KEY,
    destination_name varchar(400) NOT NULL,
    destination_kind varchar(20) NOT NULL,
    outcome varchar(10) NOT NULL,
    first_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts integer NOT NULL DEFAULT 1,
    db_session_user name NOT NULL DEFAULT session_user,
    block_number bigint,
    block_hash bytea,
    root_hash bytea,
    digest_document text,
    proof jsonb,
    detail text,
    CONSTRAINT digest_departure_outcome_known CHECK (outcome IN ('left', 'failed', 'refused', 'gone'))
);
CREATE INDEX digest_departure_destination ON script_tracking.digest_departure (destination_name, departure_id);
COMMENT ON TABLE script_tracking.digest_departure IS
    'Each digest that left this database, and each that did not; attempts that failed one after the other are one row';
COMMENT ON COLUMN script_tracking.digest_departure.departure_id IS 'Number of the row';
COMMENT ON COLUMN script_tracking.digest_departure.destination_name IS 'Where it was to go, without secrets';
COMMENT ON COLUMN script_tracking.digest_departure.destination_kind IS 's3, rfc3161, directory or webhook';
COMMENT ON COLUMN script_tracking.digest_departure.outcome IS
    'left; failed: tried again; refused: the destination does not take it; gone: it wants no more';
COMMENT ON COLUMN script_tracking.digest_departure.first_attempt_at IS 'When the first of these attempts ended';
COMMENT ON COLUMN script_tracking.digest_departure.last_attempt_at IS
    'When the last of these attempts ended; for a digest that left, when it left';
COMMENT ON COLUMN script_tracking.digest_departure.attempts IS 'How many attempts these are';
COMMENT ON COLUMN script_tracking.digest_departure.db_session_user IS 'The login that sent it';
COMMENT ON COLUMN script_tracking.digest_departure.block_number IS 'The last block of the digest; NULL: no digest could be taken';
COMMENT ON COLUMN script_tracking.digest_departure.block_hash IS 'The hash of that block';
COMMENT ON COLUMN script_tracking.digest_departure.root_hash IS 'The root of the tree of that block';
COMMENT ON COLUMN script_tracking.digest_departure.digest_document IS
    'The document that left, byte for byte; what a timestamp token is over';
COMMENT ON COLUMN script_tracking.digest_departure.proof IS
    'What the destination returned: of S3 the version and until when it is retained, of RFC 3161 the token, of HTTP the status';
COMMENT ON COLUMN script_tracking.digest_departure.detail IS 'Why it did not leave';

INSERT INTO script_tracking.setting
    (setting_name, setting_value, default_value, allowed_values, minimum_value, maximum_value, description)
VALUES ('digest.overdue_hours', '26', '26', NULL, 1, 8760,
    'A sealed block whose digest has not left for longer than this, beyond the time between two digests, is a fault');
