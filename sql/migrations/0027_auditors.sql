-- Logins that may read the record until a time. See docs/review.md.
CREATE TABLE script_tracking.auditor (
    auditor_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT auditor_pkey PRIMARY KEY,
    login_name name NOT NULL,
    role_oid oid NOT NULL,
    reaches_hk bytea[],
    added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    added_by name NOT NULL DEFAULT session_user,
    expires_at timestamptz NOT NULL,
    removed_at timestamptz,
    removed_by name,
    CONSTRAINT auditor_expires CHECK (isfinite(expires_at)),
    CONSTRAINT auditor_reaches CHECK (cardinality(reaches_hk) > 0)
);
CREATE UNIQUE INDEX idx_auditor_login ON script_tracking.auditor (login_name) WHERE removed_at IS NULL;
COMMENT ON TABLE script_tracking.auditor IS
    'Logins that may read the record until a time. While a login has a row that is not removed, that row decides what it sees';
COMMENT ON COLUMN script_tracking.auditor.auditor_id IS 'Number of the row';
COMMENT ON COLUMN script_tracking.auditor.login_name IS 'The login (session_user)';
COMMENT ON COLUMN script_tracking.auditor.role_oid IS 'OID of that role: another of the same name may not read as one';
COMMENT ON COLUMN script_tracking.auditor.reaches_hk IS 'Hash keys of the tenants that it sees; NULL: all tenants and the platform';
COMMENT ON COLUMN script_tracking.auditor.added_at IS 'When it was added';
COMMENT ON COLUMN script_tracking.auditor.added_by IS 'The login that added it';
COMMENT ON COLUMN script_tracking.auditor.expires_at IS 'From when on it sees nothing';
COMMENT ON COLUMN script_tracking.auditor.removed_at IS 'When it was removed, or replaced by a later row; NULL: it was not';
COMMENT ON COLUMN script_tracking.auditor.removed_by IS 'The login that removed it';
