-- The tokens with which programs call the API, and the starts of operations that they may repeat.

CREATE TABLE script_tracking.api_token (
    token_id varchar(12) NOT NULL CONSTRAINT api_token_pkey PRIMARY KEY,
    token_name varchar(63) NOT NULL,
    token_scope varchar(5) NOT NULL,
    proves_hk bytea[],
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL,
    requests_per_minute integer,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by name NOT NULL DEFAULT session_user,
    expires_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT api_token_identity CHECK (token_id ~ '^[0-9a-f]{12}$' AND token_name ~ '^[a-z0-9_-]{1,63}$'),
    CONSTRAINT api_token_scope CHECK (token_scope IN ('read', 'write', 'admin')),
    CONSTRAINT api_token_rate CHECK (requests_per_minute BETWEEN 1 AND 1000000)
);
CREATE UNIQUE INDEX idx_api_token_name ON script_tracking.api_token (token_name) WHERE revoked_at IS NULL;
COMMENT ON TABLE script_tracking.api_token IS
    'Tokens of the API; only the SHA-256 of each token''s secret is stored, and no role but the owner reads it';
COMMENT ON COLUMN script_tracking.api_token.token_id IS 'The part of the token that is no secret, 12 hexadecimal digits';
COMMENT ON COLUMN script_tracking.api_token.token_name IS 'Its name; unique among those that are not revoked';
COMMENT ON COLUMN script_tracking.api_token.token_scope IS 'read: reports; write: operations too; admin: administrators'' reports too';
COMMENT ON COLUMN script_tracking.api_token.proves_hk IS 'Hash keys of its tenants; NULL: all tenants and the platform';
COMMENT ON COLUMN script_tracking.api_token.inner_pad IS 'SHA-256 of the secret, as 64 bytes, exclusive-or 0x36: as HMAC takes it';
COMMENT ON COLUMN script_tracking.api_token.outer_pad IS 'SHA-256 of the secret, as 64 bytes, exclusive-or 0x5c';
COMMENT ON COLUMN script_tracking.api_token.requests_per_minute IS 'How many requests it may make in a minute; NULL: the server''s default';
COMMENT ON COLUMN script_tracking.api_token.created_at IS 'When it was created';
COMMENT ON COLUMN script_tracking.api_token.created_by IS 'The login that created it';
COMMENT ON COLUMN script_tracking.api_token.expires_at IS 'From when it proves nothing; NULL: never';
COMMENT ON COLUMN script_tracking.api_token.revoked_at IS 'When it was revoked; NULL: it was not';

CREATE TABLE script_tracking.api_start (
    token_id varchar(12) NOT NULL,
    request_hash bytea NOT NULL,
    content_hash bytea NOT NULL,
    script_execution_hk bytea NOT NULL,
    started_at timestamptz NOT NULL,
    CONSTRAINT api_start_pkey PRIMARY KEY (token_id, request_hash)
);
CREATE INDEX idx_api_start_time ON script_tracking.api_start (started_at);
COMMENT ON TABLE script_tracking.api_start IS
    'Starts of operations that carried an Idempotency-Key, for a day: the same key starts no second operation';
COMMENT ON COLUMN script_tracking.api_start.token_id IS 'The token that started it';
COMMENT ON COLUMN script_tracking.api_start.request_hash IS 'SHA-256 of the Idempotency-Key';
COMMENT ON COLUMN script_tracking.api_start.content_hash IS 'SHA-256 of what was started: the same key with other content is refused';
COMMENT ON COLUMN script_tracking.api_start.started_at IS 'When it was started';
