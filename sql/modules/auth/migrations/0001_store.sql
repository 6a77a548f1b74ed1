-- The own store of module auth: a hub of users, a satellite of how they prove themselves, and its settings.

CREATE TABLE auth.user_h (
    user_hk bytea NOT NULL CONSTRAINT user_h_pkey PRIMARY KEY,
    user_bk varchar(254) NOT NULL,
    tenant_hk bytea,
    load_date timestamptz NOT NULL DEFAULT clock_timestamp(),
    record_source varchar(255) NOT NULL
);

COMMENT ON TABLE auth.user_h IS 'Hub: the users of the own store of dbtrack''s module auth, each once in a tenant';
COMMENT ON COLUMN auth.user_h.user_hk IS 'SHA-256 over tenant and e-mail, which makes the e-mail unique in its tenant';
COMMENT ON COLUMN auth.user_h.user_bk IS 'The e-mail, without blanks around it and with its letters A to Z in lower case';
COMMENT ON COLUMN auth.user_h.tenant_hk IS 'The tenant it belongs to; NULL: the platform';

CREATE TABLE auth.user_auth_s (
    user_hk bytea NOT NULL REFERENCES auth.user_h,
    load_date timestamptz NOT NULL,
    load_end_date timestamptz,
    hash_diff bytea NOT NULL,
    tenant_hk bytea,
    password_hash text NOT NULL,
    failed_count integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    is_active boolean NOT NULL DEFAULT true,
    record_source varchar(255) NOT NULL,
    CONSTRAINT user_auth_s_pkey PRIMARY KEY (user_hk, load_date)
);

CREATE UNIQUE INDEX user_auth_s_current ON auth.user_auth_s (user_hk) WHERE load_end_date IS NULL;

COMMENT ON TABLE auth.user_auth_s IS
    'Satellite: how a user proves itself, one row a version; load_end_date IS NULL is the current one';
COMMENT ON COLUMN auth.user_auth_s.password_hash IS 'bcrypt, by pgcrypto; nobody but the owner''s functions reads it';
COMMENT ON COLUMN auth.user_auth_s.failed_count IS 'Failed logins in a row, the last of them at load_date';
COMMENT ON COLUMN auth.user_auth_s.locked_until IS 'Until then no password is accepted';

INSERT INTO script_tracking.setting
    (setting_name, setting_value, default_value, allowed_values, minimum_value, maximum_value, description)
VALUES
    ('auth.bcrypt_cost', '12', '12', NULL, 4, 16, 'Cost of bcrypt in the own store: one more doubles the time of a login'),
    ('auth.lockout_attempts', '10', '10', NULL, 0, 1000, 'Failed logins in a row that lock a user; 0 locks nobody'),
    ('auth.lockout_minutes', '15', '15', NULL, 1, 1440, 'How long a user stays locked, and a failure counts'),
    ('auth.password_characters', '10', '10', NULL, 1, 72, 'Shortest password that can be registered');
