-- The Data Vault of executions: hub, satellite, link; and the tables that the functions need beside them.
-- Hub, satellite and link are partitioned by month on load_date, so that retention drops partitions.

CREATE TABLE script_tracking.script_execution_h (
    script_execution_hk bytea NOT NULL,
    script_execution_bk varchar(320) NOT NULL,
    tenant_hk bytea,
    load_date timestamptz NOT NULL,
    record_source varchar(255) NOT NULL,
    CONSTRAINT script_execution_h_pkey PRIMARY KEY (script_execution_hk, load_date)
) PARTITION BY RANGE (load_date);

COMMENT ON TABLE script_tracking.script_execution_h IS 'Hub: one row an execution, its business key and its hash key';
COMMENT ON COLUMN script_tracking.script_execution_h.script_execution_hk IS 'SHA-256 of script_execution_bk';
COMMENT ON COLUMN script_tracking.script_execution_h.script_execution_bk IS
    'Script name, UTC time and random suffix: base_2026-01-15_14:30:25.123456_abc123';
COMMENT ON COLUMN script_tracking.script_execution_h.tenant_hk IS 'The tenant it belongs to; NULL: the platform';
COMMENT ON COLUMN script_tracking.script_execution_h.load_date IS 'When the row was written';
COMMENT ON COLUMN script_tracking.script_execution_h.record_source IS 'The writer and the node: event_trigger@local:5432';

CREATE SEQUENCE script_tracking.script_execution_version_seq AS bigint;

CREATE TABLE script_tracking.script_execution_s (
    script_execution_hk bytea NOT NULL,
    load_date timestamptz NOT NULL,
    load_end_date timestamptz,
    hash_diff bytea NOT NULL,
    version_number bigint NOT NULL DEFAULT nextval('script_tracking.script_execution_version_seq'),
    tenant_hk bytea,
    script_name varchar(255) NOT NULL,
    script_type varchar(50) NOT NULL,
    execution_status varchar(20) NOT NULL,
    execution_timestamp timestamptz NOT NULL,
    execution_duration_ms bigint,
    db_session_user varchar(63) NOT NULL,
    client_ip inet,
    affected_objects text[] NOT NULL DEFAULT '{}',
    sql_command text,
    error_message text,
    metadata jsonb NOT NULL DEFAULT '{}',
    record_source varchar(255) NOT NULL,
    -- load_date first: rows arrive in its order, so the index grows at its right edge only. The hub's load_date is
    -- that of the first version, and each load_end_date that of the next: every version is a point look-up.
    CONSTRAINT script_execution_s_pkey PRIMARY KEY (load_date, script_execution_hk),
    CONSTRAINT script_execution_s_status CHECK (
        execution_status IN ('RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'ABANDONED'))
) PARTITION BY RANGE (load_date);

ALTER SEQUENCE script_tracking.script_execution_version_seq OWNED BY script_tracking.script_execution_s.version_number;

CREATE INDEX idx_script_execution_s_tenant_status
    ON script_tracking.script_execution_s (tenant_hk, execution_status) WHERE load_end_date IS NULL;
CREATE INDEX idx_script_execution_s_timestamp
    ON script_tracking.script_execution_s (execution_timestamp DESC);
CREATE INDEX idx_script_execution_s_type_status
    ON script_tracking.script_execution_s (script_type, execution_status);
CREATE INDEX idx_script_execution_s_duration
    ON script_tracking.script_execution_s (execution_duration_ms) WHERE execution_duration_ms IS NOT NULL;

COMMENT ON TABLE script_tracking.script_execution_s IS
    'Satellite: the attributes of an execution, one row a version; load_end_date IS NULL is the current one';
COMMENT ON COLUMN script_tracking.script_execution_s.load_end_date IS 'When a later version superseded this one';
COMMENT ON COLUMN script_tracking.script_execution_s.hash_diff IS 'SHA-256 over the attributes of this version';
COMMENT ON COLUMN script_tracking.script_execution_s.execution_timestamp IS 'When the execution started';
COMMENT ON COLUMN script_tracking.script_execution_s.execution_duration_ms IS
    'Whole milliseconds; the microseconds stand in metadata.duration_us';
COMMENT ON COLUMN script_tracking.script_execution_s.db_session_user IS 'The login; metadata.role is the acting role';
COMMENT ON COLUMN script_tracking.script_execution_s.affected_objects IS 'Identities as PostgreSQL gives them, each once';
COMMENT ON COLUMN script_tracking.script_execution_s.sql_command IS 'The statement as sent, redacted';

CREATE TABLE script_tracking.script_execution_parent_l (
    script_execution_parent_hk bytea NOT NULL,
    parent_execution_hk bytea NOT NULL,
    child_execution_hk bytea NOT NULL,
    link_type varchar(20) NOT NULL,
    tenant_hk bytea,
    load_date timestamptz NOT NULL,
    record_source varchar(255) NOT NULL,
    CONSTRAINT script_execution_parent_l_pkey PRIMARY KEY (load_date, script_execution_parent_hk),
    CONSTRAINT script_execution_parent_l_type CHECK (link_type IN ('tracked', 'nested'))
) PARTITION BY RANGE (load_date);

CREATE INDEX idx_script_execution_parent_l_parent
    ON script_tracking.script_execution_parent_l (parent_execution_hk);
CREATE INDEX idx_script_execution_parent_l_child
    ON script_tracking.script_execution_parent_l (child_execution_hk);

COMMENT ON TABLE script_tracking.script_execution_parent_l IS
    'Link: an execution and what ran inside it. The parent is what the session claimed; whether the claim holds is '
    'judged when it is read';
COMMENT ON COLUMN script_tracking.script_execution_parent_l.script_execution_parent_hk IS
    'SHA-256 of the parent''s and the child''s hash keys';
COMMENT ON COLUMN script_tracking.script_execution_parent_l.link_type IS
    'tracked: under dbtrack track or a tracked operation; nested: DDL that another DDL ran';

CREATE TABLE script_tracking.script_execution_h_default
    PARTITION OF script_tracking.script_execution_h DEFAULT;
CREATE TABLE script_tracking.script_execution_s_default
    PARTITION OF script_tracking.script_execution_s DEFAULT;
CREATE TABLE script_tracking.script_execution_parent_l_default
    PARTITION OF script_tracking.script_execution_parent_l DEFAULT;

-- Not partitioned, and small: it answers "which version is open" without asking every month's partition.
CREATE TABLE script_tracking.open_execution (
    script_execution_hk bytea NOT NULL CONSTRAINT open_execution_pkey PRIMARY KEY,
    load_date timestamptz NOT NULL,
    opened_by name NOT NULL,
    is_bound boolean NOT NULL,
    backend_pid integer NOT NULL,
    backend_start timestamptz,
    statement_start timestamptz
);

COMMENT ON TABLE script_tracking.open_execution IS 'The executions whose current version is RUNNING';
COMMENT ON COLUMN script_tracking.open_execution.load_date IS 'load_date of the RUNNING version';
COMMENT ON COLUMN script_tracking.open_execution.is_bound IS
    'It lives no longer than the connection that opened it: without that, it is ABANDONED';
COMMENT ON COLUMN script_tracking.open_execution.statement_start IS
    'Of a captured statement that commits part-way: when its statement began, which names it within its session';

CREATE SEQUENCE script_tracking.capture_failure_seq AS bigint;
COMMENT ON SEQUENCE script_tracking.capture_failure_seq IS
    'Counts the DDL that could not be recorded: a sequence, because it survives the rollback of whatever failed';

CREATE TABLE script_tracking.capture_failure (
    capture_failure_id bigint NOT NULL CONSTRAINT capture_failure_pkey PRIMARY KEY,
    occurred_at timestamptz NOT NULL,
    command_tag text NOT NULL,
    error_sqlstate text NOT NULL,
    error_message text NOT NULL,
    db_session_user name NOT NULL
);
COMMENT ON TABLE script_tracking.capture_failure IS 'What is known of DDL that could not be recorded';

CREATE TABLE script_tracking.tenant_h (
    tenant_hk bytea NOT NULL CONSTRAINT tenant_h_pkey PRIMARY KEY,
    tenant_bk varchar(100) NOT NULL CONSTRAINT tenant_h_tenant_bk_key UNIQUE,
    load_date timestamptz NOT NULL DEFAULT clock_timestamp(),
    record_source varchar(255) NOT NULL
);
COMMENT ON TABLE script_tracking.tenant_h IS 'Hub: the tenants; tenant_hk is SHA-256 of tenant_bk';

CREATE TABLE script_tracking.tenant_s (
    tenant_hk bytea NOT NULL REFERENCES script_tracking.tenant_h,
    load_date timestamptz NOT NULL DEFAULT clock_timestamp(),
    load_end_date timestamptz,
    hash_diff bytea NOT NULL,
    tenant_name varchar(255) NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    record_source varchar(255) NOT NULL,
    CONSTRAINT tenant_s_pkey PRIMARY KEY (tenant_hk, load_date)
);
COMMENT ON TABLE script_tracking.tenant_s IS 'Satellite: a tenant''s name and whether it is active';

CREATE TABLE script_tracking.tenant_role_l (
    tenant_hk bytea NOT NULL REFERENCES script_tracking.tenant_h,
    role_name name NOT NULL,
    is_default boolean NOT NULL DEFAULT false,
    load_date timestamptz NOT NULL DEFAULT clock_timestamp(),
    record_source varchar(255) NOT NULL,
    CONSTRAINT tenant_role_l_pkey PRIMARY KEY (tenant_hk, role_name)
);
CREATE UNIQUE INDEX tenant_role_l_default ON script_tracking.tenant_role_l (role_name) WHERE is_default;
COMMENT ON TABLE script_tracking.tenant_role_l IS
    'Link: the roles whose members see a tenant''s records; is_default: what the role does belongs to the tenant';

CREATE TABLE script_tracking.tenant_schema_l (
    schema_name name NOT NULL CONSTRAINT tenant_schema_l_pkey PRIMARY KEY,
    tenant_hk bytea NOT NULL REFERENCES script_tracking.tenant_h,
    load_date timestamptz NOT NULL DEFAULT clock_timestamp(),
    record_source varchar(255) NOT NULL
);
COMMENT ON TABLE script_tracking.tenant_schema_l IS 'Link: DDL in this schema belongs to the tenant';

CREATE TABLE script_tracking.setting (
    setting_name varchar(63) NOT NULL CONSTRAINT setting_pkey PRIMARY KEY,
    setting_value text NOT NULL,
    default_value text NOT NULL,
    allowed_values text[],
    minimum_value bigint,
    maximum_value bigint,
    description text NOT NULL,
    changed_at timestamptz,
    changed_by name
);
COMMENT ON TABLE script_tracking.setting IS 'Settings: change them with script_tracking.set_setting or dbtrack settings';

INSERT INTO script_tracking.setting
    (setting_name, setting_value, default_value, allowed_values, minimum_value, maximum_value, description)
VALUES
    ('capture.enabled', 'on', 'on', '{on,off}', NULL, NULL, 'Record DDL through the event triggers'),
    ('capture.on_error', 'warn', 'warn', '{warn,block}', NULL, NULL,
     'When a DDL cannot be recorded: warn and let it pass, or block it'),
    ('capture.temporary_objects', 'off', 'off', '{on,off}', NULL, NULL, 'Record DDL on temporary objects too'),
    ('capture.statement_characters', '100000', '100000', NULL, 0, 10000000,
     'Longest stored statement in characters; the rest is cut off and its length noted; 0 stores no statement'),
    ('capture.objects', '1000', '1000', NULL, 1, 100000,
     'Most object identities stored of one DDL; metadata.object_count holds the true number'),
    ('redaction.mode', 'secrets', 'secrets', '{secrets,all,none}', NULL, NULL,
     'Replace the literals of stored statements: of those that can carry a secret, of all, or of none'),
    ('retention.days', '365', '365', NULL, 1, 36500, 'What dbtrack cleanup keeps when no --days is given'),
    ('partitions.months_ahead', '3', '3', NULL, 1, 60, 'How many months'' partitions are kept ready');

CREATE TABLE script_tracking.capture_secret (
    is_only boolean NOT NULL DEFAULT true CONSTRAINT capture_secret_pkey PRIMARY KEY CHECK (is_only),
    secret bytea NOT NULL
);
COMMENT ON TABLE script_tracking.capture_secret IS
    'Authenticates what one capture function hands to the next through a setting that the session could write';
INSERT INTO script_tracking.capture_secret (secret)
VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

CREATE TABLE script_tracking.installed_routine (
    routine_identity text NOT NULL CONSTRAINT installed_routine_pkey PRIMARY KEY,
    definition_hash bytea NOT NULL
);
COMMENT ON TABLE script_tracking.installed_routine IS 'What install put there; dbtrack doctor compares it with what is there';
