-- The keys with which services prove for whom they act, and the book of who read other people's records.

CREATE TABLE script_tracking.tenant_key (
    key_name varchar(63) NOT NULL,
    key_version integer NOT NULL,
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL,
    proves_hk bytea[],
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by name NOT NULL DEFAULT session_user,
    expires_at timestamptz,
    CONSTRAINT tenant_key_pkey PRIMARY KEY (key_name, key_version),
    CONSTRAINT tenant_key_name CHECK (key_name ~ '^[a-z0-9_-]{1,63}$')
);
COMMENT ON TABLE script_tracking.tenant_key IS
    'Keys with which services prove the tenant of a transaction; no role but the owner reads it, a dump holds it';
COMMENT ON COLUMN script_tracking.tenant_key.inner_pad IS 'The key, 64 bytes, exclusive-or 0x36: as HMAC takes it';
COMMENT ON COLUMN script_tracking.tenant_key.outer_pad IS 'The key, 64 bytes, exclusive-or 0x5c';
COMMENT ON COLUMN script_tracking.tenant_key.proves_hk IS 'Hash keys of the tenants that it may prove; NULL: all';
COMMENT ON COLUMN script_tracking.tenant_key.expires_at IS 'From when it proves nothing; NULL: until it is dropped';

-- The column is not named tenant_hk: a tenant's members do not see who read its records; administrators do.
CREATE TABLE script_tracking.access_log (
    access_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT access_log_pkey PRIMARY KEY,
    accessed_at timestamptz NOT NULL,
    db_session_user name NOT NULL,
    report_name varchar(63) NOT NULL,
    accessed_tenant_hk bytea,
    accessed_tenant varchar(100),
    is_granted boolean NOT NULL,
    application_name text NOT NULL,
    client_ip inet
);
CREATE INDEX idx_access_log_time ON script_tracking.access_log (accessed_at DESC);
COMMENT ON TABLE script_tracking.access_log IS 'Who read other people''s records through which report, granted or refused';
COMMENT ON COLUMN script_tracking.access_log.accessed_tenant_hk IS 'Whose records; NULL: of all tenants, or of one that is not there';
COMMENT ON COLUMN script_tracking.access_log.accessed_tenant IS 'Its name as it was asked for; NULL: all tenants';

INSERT INTO script_tracking.setting
    (setting_name, setting_value, default_value, allowed_values, minimum_value, maximum_value, description)
VALUES
    ('access.recording', 'others', 'others', '{off,others,on}', NULL, NULL,
     'Record who runs which report: never, where it shows or asks for other people''s records, or always');
