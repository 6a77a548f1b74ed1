SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE script_tracking.script_execution_parent_l (
    script_execution_parent_hk bytea NOT NULL,
    parent_execution_hk bytea NOT NULL,
    child_execution_hk bytea NOT NULL,
    link_type character varying(20) NOT NULL,
    tenant_hk bytea,
    load_date timestamp with time zone NOT NULL,
    record_source character varying(255) NOT NULL,
    CONSTRAINT script_execution_parent_l_type CHECK (((link_type)::text = ANY ((ARRAY['tracked'::character varying, 'nested'::character varying])::text[])))
)
PARTITION BY RANGE (load_date);
ALTER TABLE ONLY script_tracking.script_execution_parent_l ALTER COLUMN link_type SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_parent_l ALTER COLUMN record_source SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_parent_l FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.script_execution_parent_l IS 'Link: an execution and what ran inside it. The parent is what the session claimed; whether the claim holds is judged when it is read';
COMMENT ON COLUMN script_tracking.script_execution_parent_l.script_execution_parent_hk IS 'SHA-256 of the parent''s and the child''s hash keys';
COMMENT ON COLUMN script_tracking.script_execution_parent_l.parent_execution_hk IS 'Hash key of the execution around it';
COMMENT ON COLUMN script_tracking.script_execution_parent_l.child_execution_hk IS 'Hash key of the execution inside';
COMMENT ON COLUMN script_tracking.script_execution_parent_l.link_type IS 'tracked: under dbtrack track or a tracked operation; nested: DDL that another DDL ran';
COMMENT ON COLUMN script_tracking.script_execution_parent_l.tenant_hk IS 'Hash key of the tenant it belongs to; NULL: the platform';
COMMENT ON COLUMN script_tracking.script_execution_parent_l.load_date IS 'When the row was written, or when what it describes became valid';
COMMENT ON COLUMN script_tracking.script_execution_parent_l.record_source IS 'The writer and the node: event_trigger@local:5432';
CREATE TABLE script_tracking.script_execution_s (
    script_execution_hk bytea NOT NULL,
    load_date timestamp with time zone NOT NULL,
    load_end_date timestamp with time zone,
    hash_diff bytea NOT NULL,
    version_number bigint NOT NULL,
    tenant_hk bytea,
    script_name character varying(255) NOT NULL,
    script_type character varying(50) NOT NULL,
    execution_status character varying(20) NOT NULL,
    execution_timestamp timestamp with time zone NOT NULL,
    execution_duration_ms bigint,
    db_session_user character varying(63) NOT NULL,
    client_ip inet,
    affected_objects text[] DEFAULT '{}'::text[] NOT NULL,
    sql_command text,
    error_message text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    record_source character varying(255) NOT NULL,
    recorded_by xid8 DEFAULT pg_current_xact_id()
)
PARTITION BY RANGE (load_date);
ALTER TABLE ONLY script_tracking.script_execution_s ALTER COLUMN script_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s ALTER COLUMN script_type SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s ALTER COLUMN db_session_user SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s ALTER COLUMN client_ip SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s ALTER COLUMN affected_objects SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s ALTER COLUMN sql_command SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s ALTER COLUMN error_message SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s ALTER COLUMN record_source SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.script_execution_s IS 'Satellite: the attributes of an execution, one row a version; load_end_date IS NULL is the current one';
COMMENT ON COLUMN script_tracking.script_execution_s.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.script_execution_s.load_date IS 'When the row was written, or when what it describes became valid';
COMMENT ON COLUMN script_tracking.script_execution_s.load_end_date IS 'When a later version superseded this one';
COMMENT ON COLUMN script_tracking.script_execution_s.hash_diff IS 'SHA-256 over the attributes of this version';
COMMENT ON COLUMN script_tracking.script_execution_s.version_number IS 'Increases with each version written, over all executions; from a sequence';
COMMENT ON COLUMN script_tracking.script_execution_s.tenant_hk IS 'Hash key of the tenant it belongs to; NULL: the platform';
COMMENT ON COLUMN script_tracking.script_execution_s.script_name IS 'Name of what ran';
COMMENT ON COLUMN script_tracking.script_execution_s.script_type IS 'MANUAL, DDL_AUTO, MAINTENANCE, MIGRATION, BACKUP, REPORTING, AUTHENTICATION or the caller''s own';
COMMENT ON COLUMN script_tracking.script_execution_s.execution_status IS 'RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED';
COMMENT ON COLUMN script_tracking.script_execution_s.execution_timestamp IS 'When the execution started';
COMMENT ON COLUMN script_tracking.script_execution_s.execution_duration_ms IS 'Whole milliseconds; the microseconds stand in metadata.duration_us';
COMMENT ON COLUMN script_tracking.script_execution_s.db_session_user IS 'The login; metadata.role is the acting role';
COMMENT ON COLUMN script_tracking.script_execution_s.client_ip IS 'Address of the client; NULL: a local socket';
COMMENT ON COLUMN script_tracking.script_execution_s.affected_objects IS 'Identities as PostgreSQL gives them, each once';
COMMENT ON COLUMN script_tracking.script_execution_s.sql_command IS 'The statement as sent, redacted';
COMMENT ON COLUMN script_tracking.script_execution_s.error_message IS 'What went wrong, redacted';
COMMENT ON COLUMN script_tracking.script_execution_s.metadata IS 'Attributes without a column; docs/model.md explains the keys';
COMMENT ON COLUMN script_tracking.script_execution_s.record_source IS 'The writer and the node: event_trigger@local:5432';
COMMENT ON COLUMN script_tracking.script_execution_s.recorded_by IS 'The transaction that wrote this version on this server; NULL: it was written before this column was, or it came back from an archive or from another schema';
CREATE TABLE script_tracking.tenant_h (
    tenant_hk bytea NOT NULL,
    tenant_bk character varying(100) NOT NULL,
    load_date timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.tenant_h ALTER COLUMN tenant_bk SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_h ALTER COLUMN record_source SET STATISTICS 0;
COMMENT ON TABLE script_tracking.tenant_h IS 'Hub: the tenants; tenant_hk is SHA-256 of tenant_bk';
COMMENT ON COLUMN script_tracking.tenant_h.tenant_hk IS 'Hash key of the tenant: SHA-256 of tenant_bk, or the key of the platform''s own hub';
COMMENT ON COLUMN script_tracking.tenant_h.tenant_bk IS 'Business key of the tenant: its short name';
COMMENT ON COLUMN script_tracking.tenant_h.load_date IS 'When the tenant was added';
COMMENT ON COLUMN script_tracking.tenant_h.record_source IS 'The writer and the node: event_trigger@local:5432';
CREATE TABLE script_tracking.rollup_state (
    is_only boolean DEFAULT true NOT NULL,
    place jsonb NOT NULL,
    counted_before xid8 NOT NULL,
    fine_since timestamp with time zone NOT NULL,
    advanced_at timestamp with time zone NOT NULL,
    counted_without xid8[] DEFAULT '{}'::xid8[] NOT NULL,
    CONSTRAINT rollup_state_is_only_check CHECK (is_only)
);
COMMENT ON TABLE script_tracking.rollup_state IS 'How far the rollups go: a version is in them if its recorded_by is below counted_before and not in counted_without, or NULL; all others are read from the rows';
COMMENT ON COLUMN script_tracking.rollup_state.is_only IS 'Always true: the table has one row';
COMMENT ON COLUMN script_tracking.rollup_state.place IS 'Server, database and table: elsewhere its transaction ids mean nothing';
COMMENT ON COLUMN script_tracking.rollup_state.counted_before IS 'No transaction from this one on is counted';
COMMENT ON COLUMN script_tracking.rollup_state.fine_since IS 'The buckets below an hour begin here';
COMMENT ON COLUMN script_tracking.rollup_state.advanced_at IS 'When the rollups were last updated';
COMMENT ON COLUMN script_tracking.rollup_state.counted_without IS 'Nor are these, which had not ended';
CREATE TABLE script_tracking.event_endpoint (
    endpoint_name character varying(63) NOT NULL,
    endpoint_kind character varying(20) NOT NULL,
    event_types text[] NOT NULL,
    tenant_hks bytea[],
    configuration jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    created_by character varying(63) DEFAULT SESSION_USER NOT NULL,
    place jsonb NOT NULL,
    timeline bigint NOT NULL,
    delivered pg_snapshot NOT NULL,
    floor_version bigint DEFAULT 0 NOT NULL,
    target pg_snapshot,
    is_by_load_date boolean DEFAULT false NOT NULL,
    replay_until timestamp with time zone,
    position_version bigint,
    position_load_date timestamp with time zone,
    position_hk bytea,
    sent_count bigint DEFAULT 0 NOT NULL,
    event_chain bytea DEFAULT '\x'::bytea NOT NULL,
    last_event_id text,
    last_event_at timestamp with time zone,
    last_sent_at timestamp with time zone,
    removed_count bigint DEFAULT 0 NOT NULL,
    lease bigint DEFAULT 0 NOT NULL,
    lease_until timestamp with time zone,
    leased_by text,
    claimed_at timestamp with time zone,
    held_at timestamp with time zone,
    held_because text
)
WITH (fillfactor='50');
ALTER TABLE ONLY script_tracking.event_endpoint ALTER COLUMN endpoint_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.event_endpoint ALTER COLUMN endpoint_kind SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.event_endpoint ALTER COLUMN event_types SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.event_endpoint ALTER COLUMN tenant_hks SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.event_endpoint ALTER COLUMN configuration SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.event_endpoint ALTER COLUMN created_by SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.event_endpoint ALTER COLUMN place SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.event_endpoint ALTER COLUMN last_event_id SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.event_endpoint ALTER COLUMN leased_by SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.event_endpoint ALTER COLUMN held_because SET STATISTICS 0;
COMMENT ON TABLE script_tracking.event_endpoint IS 'Where events are sent, and how far: what is not visible in the snapshot delivered and is visible now is new';
COMMENT ON COLUMN script_tracking.event_endpoint.endpoint_name IS 'Its name';
COMMENT ON COLUMN script_tracking.event_endpoint.endpoint_kind IS 'webhook, stream or export: which command reads it';
COMMENT ON COLUMN script_tracking.event_endpoint.event_types IS 'The types of events that it gets; execution.* and * are patterns';
COMMENT ON COLUMN script_tracking.event_endpoint.tenant_hks IS 'The tenants whose events it gets; NULL: all events';
COMMENT ON COLUMN script_tracking.event_endpoint.configuration IS 'The address and format; secrets are encrypted';
COMMENT ON COLUMN script_tracking.event_endpoint.created_at IS 'When it was created';
COMMENT ON COLUMN script_tracking.event_endpoint.created_by IS 'The login that created it';
COMMENT ON COLUMN script_tracking.event_endpoint.place IS 'Server, database and table in which its transaction ids mean something';
COMMENT ON COLUMN script_tracking.event_endpoint.timeline IS 'The timeline of the server when it was last read';
COMMENT ON COLUMN script_tracking.event_endpoint.delivered IS 'Every event that is visible in this snapshot is delivered';
COMMENT ON COLUMN script_tracking.event_endpoint.floor_version IS 'Versions up to this number are not new: a restore brought them';
COMMENT ON COLUMN script_tracking.event_endpoint.target IS 'The snapshot of a difference that is longer than one batch; NULL: none is under way';
COMMENT ON COLUMN script_tracking.event_endpoint.is_by_load_date IS 'Whether that difference is so long that it is read in order of load_date, which has an index over all months';
COMMENT ON COLUMN script_tracking.event_endpoint.replay_until IS 'Up to which load_date events are sent again; NULL: none are';
COMMENT ON COLUMN script_tracking.event_endpoint.position_version IS 'The last version_number delivered of the difference';
COMMENT ON COLUMN script_tracking.event_endpoint.position_load_date IS 'The last load_date delivered, in order of load_date';
COMMENT ON COLUMN script_tracking.event_endpoint.position_hk IS 'The last hash key delivered of that load_date';
COMMENT ON COLUMN script_tracking.event_endpoint.sent_count IS 'How many events were delivered; the running number of the last one';
COMMENT ON COLUMN script_tracking.event_endpoint.event_chain IS 'SHA-256 over the chain before and the id of the last event: a receiver that keeps it notices a fork';
COMMENT ON COLUMN script_tracking.event_endpoint.last_event_id IS 'The id of the last event delivered';
COMMENT ON COLUMN script_tracking.event_endpoint.last_event_at IS 'When the last event delivered was recorded';
COMMENT ON COLUMN script_tracking.event_endpoint.last_sent_at IS 'When it was delivered';
COMMENT ON COLUMN script_tracking.event_endpoint.removed_count IS 'How many events a cleanup removed before they were delivered';
COMMENT ON COLUMN script_tracking.event_endpoint.lease IS 'The number of the lease: a worker whose number is older has lost it';
COMMENT ON COLUMN script_tracking.event_endpoint.lease_until IS 'Until when the worker has it to itself';
COMMENT ON COLUMN script_tracking.event_endpoint.leased_by IS 'That worker: host and process';
COMMENT ON COLUMN script_tracking.event_endpoint.claimed_at IS 'When events were last claimed';
COMMENT ON COLUMN script_tracking.event_endpoint.held_at IS 'Since when nothing is sent; NULL: it is active';
COMMENT ON COLUMN script_tracking.event_endpoint.held_because IS 'The reason for that';
CREATE TABLE script_tracking.installation (
    property_name character varying(63) NOT NULL,
    property_value text NOT NULL
);
COMMENT ON TABLE script_tracking.installation IS 'What is installed: versions, roles; and the rows that periodic work locks';
COMMENT ON COLUMN script_tracking.installation.property_name IS 'Name of the property: dbtrack.version, role.owner, tenant.source, lock.maintain';
COMMENT ON COLUMN script_tracking.installation.property_value IS 'Its value; empty for the rows that serve as locks';
CREATE TABLE script_tracking.catalog_object (
    class_id oid NOT NULL,
    object_id oid NOT NULL,
    object_name text NOT NULL,
    object_type text NOT NULL,
    object_identity text NOT NULL,
    schema_name text,
    owner_id oid,
    definition_hash bytea NOT NULL,
    acl_hash bytea,
    depends_on text[],
    attributes jsonb NOT NULL,
    column_names jsonb
);
COMMENT ON TABLE script_tracking.catalog_object IS 'The last snapshot of the catalogs: one row an object, with hashes of what defines it';
COMMENT ON COLUMN script_tracking.catalog_object.class_id IS 'oid of the catalog that it is in';
COMMENT ON COLUMN script_tracking.catalog_object.object_id IS 'oid of the object';
COMMENT ON COLUMN script_tracking.catalog_object.object_name IS 'Of what has no oid, a setting; else empty';
COMMENT ON COLUMN script_tracking.catalog_object.object_type IS 'What sort of object it is';
COMMENT ON COLUMN script_tracking.catalog_object.object_identity IS 'Identity of the object as PostgreSQL gives it';
COMMENT ON COLUMN script_tracking.catalog_object.schema_name IS 'The schema that it is in';
COMMENT ON COLUMN script_tracking.catalog_object.owner_id IS 'oid of its owner';
COMMENT ON COLUMN script_tracking.catalog_object.definition_hash IS 'Salted SHA-256 over the catalog rows that define it, by oid: renaming a type does not change its columns';
COMMENT ON COLUMN script_tracking.catalog_object.acl_hash IS 'Hash of its privileges';
COMMENT ON COLUMN script_tracking.catalog_object.depends_on IS 'What it is a part of, each as class_id:object_id: a DDL that names that explains a change of this';
COMMENT ON COLUMN script_tracking.catalog_object.attributes IS 'What people are shown of it, before and after';
COMMENT ON COLUMN script_tracking.catalog_object.column_names IS 'Of a relation, its columns: the name of each by its number, which a new name does not change; and of those that have a default again by "number default"';
CREATE TABLE script_tracking.vault_source (
    source_name character varying(40) NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    created_by name DEFAULT SESSION_USER NOT NULL,
    login_name name,
    token_hash bytea,
    expected_seconds integer NOT NULL,
    removed_at timestamp with time zone,
    accepted_at timestamp with time zone,
    place jsonb,
    database_name text,
    dbtrack_version text,
    last_seen_at timestamp with time zone,
    last_arrival_at timestamp with time zone,
    last_event_at timestamp with time zone,
    event_number bigint DEFAULT 0 NOT NULL,
    event_chain bytea DEFAULT '\x'::bytea NOT NULL,
    executions bigint DEFAULT 0 NOT NULL,
    versions bigint DEFAULT 0 NOT NULL,
    block_number bigint DEFAULT 0 NOT NULL,
    verified_before timestamp with time zone,
    verified_rows bigint DEFAULT 0 NOT NULL,
    subscription_name name,
    object_versions bigint DEFAULT 0 NOT NULL,
    objects_are_whole boolean,
    follows_erasures boolean DEFAULT false NOT NULL
)
WITH (fillfactor='50');
ALTER TABLE ONLY script_tracking.vault_source ALTER COLUMN source_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.vault_source ALTER COLUMN created_by SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.vault_source ALTER COLUMN login_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.vault_source ALTER COLUMN place SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.vault_source ALTER COLUMN database_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.vault_source ALTER COLUMN dbtrack_version SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.vault_source ALTER COLUMN subscription_name SET STATISTICS 0;
COMMENT ON TABLE script_tracking.vault_source IS 'The databases that push their record here, and how far each is';
COMMENT ON COLUMN script_tracking.vault_source.source_name IS 'Its name; the keys of its tenants begin with it';
COMMENT ON COLUMN script_tracking.vault_source.created_at IS 'When it was added';
COMMENT ON COLUMN script_tracking.vault_source.created_by IS 'The login that added it';
COMMENT ON COLUMN script_tracking.vault_source.login_name IS 'The login that pushes over a connection to this database; NULL: none';
COMMENT ON COLUMN script_tracking.vault_source.token_hash IS 'SHA-256 of the token that pushes over HTTPS; NULL: none';
COMMENT ON COLUMN script_tracking.vault_source.expected_seconds IS 'After so many seconds without a push it counts as silent';
COMMENT ON COLUMN script_tracking.vault_source.removed_at IS 'Since when nothing is taken from it; its rows stay';
COMMENT ON COLUMN script_tracking.vault_source.accepted_at IS 'When findings were last accepted: what was sealed before is not compared with the rows again';
COMMENT ON COLUMN script_tracking.vault_source.place IS 'Server and database of the source, noted with the first push';
COMMENT ON COLUMN script_tracking.vault_source.database_name IS 'The name of that database';
COMMENT ON COLUMN script_tracking.vault_source.dbtrack_version IS 'The version of dbtrack that pushed last';
COMMENT ON COLUMN script_tracking.vault_source.last_seen_at IS 'When it pushed last, also if there was nothing new';
COMMENT ON COLUMN script_tracking.vault_source.last_arrival_at IS 'When events last arrived';
COMMENT ON COLUMN script_tracking.vault_source.last_event_at IS 'When the last of these was recorded at the source';
COMMENT ON COLUMN script_tracking.vault_source.event_number IS 'The running number of the last event that arrived';
COMMENT ON COLUMN script_tracking.vault_source.event_chain IS 'SHA-256 over the ids of all events so far, as the source computes it';
COMMENT ON COLUMN script_tracking.vault_source.executions IS 'How many executions arrived';
COMMENT ON COLUMN script_tracking.vault_source.versions IS 'How many versions of executions arrived';
COMMENT ON COLUMN script_tracking.vault_source.block_number IS 'The last block of its seals that arrived';
COMMENT ON COLUMN script_tracking.vault_source.verified_before IS 'Rows with an earlier load_date agree with its seals';
COMMENT ON COLUMN script_tracking.vault_source.verified_rows IS 'How many rows were compared with its seals, and agree';
COMMENT ON COLUMN script_tracking.vault_source.subscription_name IS 'The subscription of this database that brings its record; NULL: it pushes';
COMMENT ON COLUMN script_tracking.vault_source.object_versions IS 'How many versions of objects arrived';
COMMENT ON COLUMN script_tracking.vault_source.objects_are_whole IS 'Whether each execution that has versions of objects sends them; NULL: none has arrived, as from an older dbtrack';
COMMENT ON COLUMN script_tracking.vault_source.follows_erasures IS 'Whether what the source erases is erased here, too, as an administrator has allowed';
CREATE TABLE script_tracking.auditor (
    auditor_id bigint NOT NULL,
    login_name name NOT NULL,
    role_oid oid NOT NULL,
    reaches_hk bytea[],
    added_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    added_by name DEFAULT SESSION_USER NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    removed_by name,
    CONSTRAINT auditor_expires CHECK (isfinite(expires_at)),
    CONSTRAINT auditor_reaches CHECK ((cardinality(reaches_hk) > 0))
);
ALTER TABLE ONLY script_tracking.auditor ALTER COLUMN login_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.auditor ALTER COLUMN reaches_hk SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.auditor ALTER COLUMN added_by SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.auditor ALTER COLUMN removed_by SET STATISTICS 0;
COMMENT ON TABLE script_tracking.auditor IS 'Logins that may read the record until a time. While a login has a row that is not removed, that row decides what it sees';
COMMENT ON COLUMN script_tracking.auditor.auditor_id IS 'Number of the row';
COMMENT ON COLUMN script_tracking.auditor.login_name IS 'The login (session_user)';
COMMENT ON COLUMN script_tracking.auditor.role_oid IS 'OID of that role: another of the same name may not read as one';
COMMENT ON COLUMN script_tracking.auditor.reaches_hk IS 'Hash keys of the tenants that it sees; NULL: all tenants and the platform';
COMMENT ON COLUMN script_tracking.auditor.added_at IS 'When it was added';
COMMENT ON COLUMN script_tracking.auditor.added_by IS 'The login that added it';
COMMENT ON COLUMN script_tracking.auditor.expires_at IS 'From when on it sees nothing';
COMMENT ON COLUMN script_tracking.auditor.removed_at IS 'When it was removed, or replaced by a later row; NULL: it was not';
COMMENT ON COLUMN script_tracking.auditor.removed_by IS 'The login that removed it';
CREATE TABLE script_tracking.rollup_error (
    tenant_hk bytea NOT NULL,
    level_minutes smallint NOT NULL,
    bucket_start timestamp with time zone NOT NULL,
    cause_hash bytea NOT NULL,
    execution_status character varying(20) NOT NULL,
    own_sqlstate text,
    ended_by text,
    message text,
    has_statement boolean NOT NULL,
    has_hint boolean NOT NULL,
    occurrences bigint NOT NULL,
    first_seen timestamp with time zone NOT NULL,
    last_seen timestamp with time zone NOT NULL,
    last_version bigint NOT NULL,
    last_execution_hk bytea NOT NULL,
    last_load_date timestamp with time zone NOT NULL,
    users text[] NOT NULL,
    tenants bytea[] NOT NULL
);
ALTER TABLE ONLY script_tracking.rollup_error ALTER COLUMN own_sqlstate SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.rollup_error ALTER COLUMN ended_by SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.rollup_error ALTER COLUMN message SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.rollup_error ALTER COLUMN users SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.rollup_error ALTER COLUMN tenants SET STATISTICS 0;
COMMENT ON TABLE script_tracking.rollup_error IS 'What failed, was cancelled or abandoned, by cause and by when it began; 100 causes a tenant and bucket, then others';
COMMENT ON COLUMN script_tracking.rollup_error.tenant_hk IS 'Empty: over all tenants, for administrators';
COMMENT ON COLUMN script_tracking.rollup_error.level_minutes IS 'How long the bucket is: 10 or 60 minutes';
COMMENT ON COLUMN script_tracking.rollup_error.bucket_start IS 'When the bucket begins';
COMMENT ON COLUMN script_tracking.rollup_error.cause_hash IS 'Hash of status, SQLSTATE, signal and message';
COMMENT ON COLUMN script_tracking.rollup_error.execution_status IS 'RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED';
COMMENT ON COLUMN script_tracking.rollup_error.own_sqlstate IS 'As recorded, not taken from others of the same message';
COMMENT ON COLUMN script_tracking.rollup_error.ended_by IS 'Signal or exit code of a command, if that says why it ended';
COMMENT ON COLUMN script_tracking.rollup_error.message IS 'The normalised message; NULL: causes beyond the 100';
COMMENT ON COLUMN script_tracking.rollup_error.has_statement IS 'Whether the last one, and all of them, have a statement';
COMMENT ON COLUMN script_tracking.rollup_error.has_hint IS 'Whether the last one, and all of them, have a hint';
COMMENT ON COLUMN script_tracking.rollup_error.occurrences IS 'How many';
COMMENT ON COLUMN script_tracking.rollup_error.first_seen IS 'When the first of them started';
COMMENT ON COLUMN script_tracking.rollup_error.last_seen IS 'When the last of them started';
COMMENT ON COLUMN script_tracking.rollup_error.last_version IS 'version_number of the last of them';
COMMENT ON COLUMN script_tracking.rollup_error.last_execution_hk IS 'Hash key of the last of them';
COMMENT ON COLUMN script_tracking.rollup_error.last_load_date IS 'With last_execution_hk: the version that began last';
COMMENT ON COLUMN script_tracking.rollup_error.users IS 'Their logins: the first 20';
COMMENT ON COLUMN script_tracking.rollup_error.tenants IS 'Their tenants: the first 20 by key';
CREATE TABLE script_tracking.logged_wait (
    entry_hash bytea NOT NULL,
    load_date timestamp with time zone NOT NULL,
    logged_at timestamp with time zone NOT NULL,
    wait_state character varying(10) NOT NULL,
    waited_ms numeric(15,3) NOT NULL,
    backend_pid integer NOT NULL,
    db_session_user character varying(63) NOT NULL,
    application_name text,
    lock_mode character varying(40) NOT NULL,
    lock_target text NOT NULL,
    holder_pids integer[] NOT NULL,
    statement text,
    CONSTRAINT logged_wait_state CHECK (((wait_state)::text = ANY ((ARRAY['waiting'::character varying, 'acquired'::character varying, 'failed'::character varying])::text[])))
);
ALTER TABLE ONLY script_tracking.logged_wait ALTER COLUMN wait_state SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.logged_wait ALTER COLUMN db_session_user SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.logged_wait ALTER COLUMN application_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.logged_wait ALTER COLUMN lock_mode SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.logged_wait ALTER COLUMN lock_target SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.logged_wait ALTER COLUMN holder_pids SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.logged_wait ALTER COLUMN statement SET STATISTICS 0;
COMMENT ON TABLE script_tracking.logged_wait IS 'Waits for locks that a server log reports and whose execution is not recorded yet. Kept for a week';
COMMENT ON COLUMN script_tracking.logged_wait.entry_hash IS 'SHA-256 of the identity of the log entry';
COMMENT ON COLUMN script_tracking.logged_wait.load_date IS 'When it was read';
COMMENT ON COLUMN script_tracking.logged_wait.logged_at IS 'When the server wrote it';
COMMENT ON COLUMN script_tracking.logged_wait.wait_state IS 'waiting: it still waits; acquired or failed: how the wait ended';
COMMENT ON COLUMN script_tracking.logged_wait.waited_ms IS 'How long it had waited then, in milliseconds';
COMMENT ON COLUMN script_tracking.logged_wait.backend_pid IS 'The process of the server that waits';
COMMENT ON COLUMN script_tracking.logged_wait.db_session_user IS 'The login (session_user)';
COMMENT ON COLUMN script_tracking.logged_wait.application_name IS 'application_name of the session, redacted';
COMMENT ON COLUMN script_tracking.logged_wait.lock_mode IS 'The mode of the lock: AccessExclusiveLock';
COMMENT ON COLUMN script_tracking.logged_wait.lock_target IS 'What the lock is on, in the server''s words';
COMMENT ON COLUMN script_tracking.logged_wait.holder_pids IS 'The processes that held the lock';
COMMENT ON COLUMN script_tracking.logged_wait.statement IS 'The statement that waits, redacted';
CREATE TABLE script_tracking.catalog_snapshot (
    is_only boolean DEFAULT true NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    records_since timestamp with time zone NOT NULL,
    transactions pg_snapshot NOT NULL,
    place jsonb NOT NULL,
    installed_at text,
    unreadable text[] NOT NULL,
    CONSTRAINT catalog_snapshot_is_only_check CHECK (is_only)
);
COMMENT ON TABLE script_tracking.catalog_snapshot IS 'When and of which database the snapshot of the catalogs was taken';
COMMENT ON COLUMN script_tracking.catalog_snapshot.is_only IS 'Always true: the table has one row';
COMMENT ON COLUMN script_tracking.catalog_snapshot.taken_at IS 'When the snapshot was taken';
COMMENT ON COLUMN script_tracking.catalog_snapshot.records_since IS 'The start of the oldest transaction then open: what it records later has a load_date after this';
COMMENT ON COLUMN script_tracking.catalog_snapshot.transactions IS 'The transactions whose changes the snapshot holds';
COMMENT ON COLUMN script_tracking.catalog_snapshot.place IS 'Server, database and table it was taken in; a dump carries it elsewhere';
COMMENT ON COLUMN script_tracking.catalog_snapshot.installed_at IS 'When dbtrack was installed then';
COMMENT ON COLUMN script_tracking.catalog_snapshot.unreadable IS 'What the owner''s rights did not let it see';
CREATE SEQUENCE script_tracking.script_execution_version_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE script_tracking.script_execution_version_seq OWNED BY script_tracking.script_execution_s.version_number;
CREATE TABLE script_tracking.object_s (
    object_hk bytea NOT NULL,
    load_date timestamp with time zone NOT NULL,
    hash_diff bytea NOT NULL,
    version_number bigint DEFAULT nextval('script_tracking.script_execution_version_seq'::regclass) NOT NULL,
    script_execution_hk bytea NOT NULL,
    tenant_hk bytea,
    object_type text NOT NULL,
    object_identity text NOT NULL,
    cause character varying(20) NOT NULL,
    grantees name[],
    definition jsonb NOT NULL,
    object_bk text NOT NULL,
    record_source character varying(255) NOT NULL,
    recorded_by xid8 DEFAULT pg_current_xact_id()
)
PARTITION BY RANGE (load_date);
ALTER TABLE ONLY script_tracking.object_s ALTER COLUMN object_type SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_s ALTER COLUMN object_identity SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_s ALTER COLUMN cause SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_s ALTER COLUMN grantees SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_s ALTER COLUMN definition SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_s ALTER COLUMN object_bk SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_s ALTER COLUMN record_source SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_s FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.object_s IS 'Satellite: what an execution changed of an object. The newest version of each part together is what the object looked like';
COMMENT ON COLUMN script_tracking.object_s.object_hk IS 'The object: SHA-256 of object_bk';
COMMENT ON COLUMN script_tracking.object_s.load_date IS 'When the row was written; of a captured version, that of its execution';
COMMENT ON COLUMN script_tracking.object_s.hash_diff IS 'SHA-256 over the attributes of this version; of a source of a vault as it was computed there';
COMMENT ON COLUMN script_tracking.object_s.version_number IS 'The order in which rows were written; from the sequence of the executions'' versions';
COMMENT ON COLUMN script_tracking.object_s.script_execution_hk IS 'The execution that changed it, or that found the change';
COMMENT ON COLUMN script_tracking.object_s.tenant_hk IS 'The tenant of the execution; NULL: the platform';
COMMENT ON COLUMN script_tracking.object_s.object_type IS 'The type, as PostgreSQL calls it: table, view, function';
COMMENT ON COLUMN script_tracking.object_s.object_identity IS 'Its identity after the change, as PostgreSQL gives it';
COMMENT ON COLUMN script_tracking.object_s.cause IS 'captured: the execution changed it; follows: its text mentions something that the execution renamed; baseline: it was there before the record; maintain, reconcile: found later, with and without a recorded execution that explains it';
COMMENT ON COLUMN script_tracking.object_s.grantees IS 'The roles that have privileges on it after the change; NULL: the change is not about privileges, or there are none';
COMMENT ON COLUMN script_tracking.object_s.definition IS 'The parts that changed, as they are now, in a compact form: object_parts() decodes it';
COMMENT ON COLUMN script_tracking.object_s.object_bk IS 'Incarnation, catalog and oid, as 16385:pg_class:16423; in a vault, of an object of a source, the name of the source and / before it';
COMMENT ON COLUMN script_tracking.object_s.record_source IS 'The writer and the node';
COMMENT ON COLUMN script_tracking.object_s.recorded_by IS 'The transaction that wrote it on this server; NULL: it came with a dump';
CREATE TABLE script_tracking.alert (
    alert_name character varying(63) NOT NULL,
    report_name character varying(63) NOT NULL,
    is_event boolean NOT NULL,
    condition text NOT NULL,
    severity character varying(10) NOT NULL,
    tenant_hk bytea,
    group_by character varying(10),
    at_least integer NOT NULL,
    counted_for interval NOT NULL,
    hold_for interval NOT NULL,
    clear_for interval NOT NULL,
    remind_every interval,
    with_announced boolean NOT NULL,
    endpoints text[],
    silenced_until timestamp with time zone,
    silence_reason text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    created_by name DEFAULT SESSION_USER NOT NULL,
    failed_since timestamp with time zone,
    failure text,
    CONSTRAINT alert_at_least CHECK ((at_least > 0)),
    CONSTRAINT alert_group_by CHECK (((group_by)::text = ANY ((ARRAY['tenant'::character varying, 'name'::character varying, 'user'::character varying])::text[]))),
    CONSTRAINT alert_severity CHECK (((severity)::text = ANY ((ARRAY['info'::character varying, 'warning'::character varying, 'critical'::character varying])::text[])))
);
ALTER TABLE ONLY script_tracking.alert ALTER COLUMN alert_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.alert ALTER COLUMN report_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.alert ALTER COLUMN condition SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.alert ALTER COLUMN severity SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.alert ALTER COLUMN group_by SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.alert ALTER COLUMN endpoints SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.alert ALTER COLUMN silence_reason SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.alert ALTER COLUMN created_by SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.alert ALTER COLUMN failure SET STATISTICS 0;
COMMENT ON TABLE script_tracking.alert IS 'Conditions over reports that dbtrack alert check and dbtrack notify evaluate';
COMMENT ON COLUMN script_tracking.alert.alert_name IS 'Name of the alert';
COMMENT ON COLUMN script_tracking.alert.report_name IS 'The report whose rows the condition is about';
COMMENT ON COLUMN script_tracking.alert.is_event IS 'Whether each row of the report is an event that is counted once; false: the rows say how things are now';
COMMENT ON COLUMN script_tracking.alert.condition IS 'Which rows match, as the administrator wrote it';
COMMENT ON COLUMN script_tracking.alert.severity IS 'info, warning or critical';
COMMENT ON COLUMN script_tracking.alert.tenant_hk IS 'Hash key of the tenant whose rows are looked at; NULL: all rows';
COMMENT ON COLUMN script_tracking.alert.group_by IS 'Each tenant, name or user has a state of its own; NULL: one state';
COMMENT ON COLUMN script_tracking.alert.at_least IS 'How many rows must match';
COMMENT ON COLUMN script_tracking.alert.counted_for IS 'How long a matching event counts';
COMMENT ON COLUMN script_tracking.alert.hold_for IS 'How long the condition must hold before the alert fires';
COMMENT ON COLUMN script_tracking.alert.clear_for IS 'How long the condition must not hold before the alert is resolved';
COMMENT ON COLUMN script_tracking.alert.remind_every IS 'How often a firing alert is notified again; NULL: never';
COMMENT ON COLUMN script_tracking.alert.with_announced IS 'Whether DDL inside a tracked operation matches too; false: such DDL was announced';
COMMENT ON COLUMN script_tracking.alert.endpoints IS 'The endpoints that get its notices; NULL: all that take them';
COMMENT ON COLUMN script_tracking.alert.silenced_until IS 'Until when nothing is notified; NULL: not silenced';
COMMENT ON COLUMN script_tracking.alert.silence_reason IS 'Why it is silenced';
COMMENT ON COLUMN script_tracking.alert.created_at IS 'When it was added; earlier events do not count';
COMMENT ON COLUMN script_tracking.alert.created_by IS 'The login that added it';
COMMENT ON COLUMN script_tracking.alert.failed_since IS 'Since when it cannot be evaluated; NULL: it can be';
COMMENT ON COLUMN script_tracking.alert.failure IS 'Why it cannot be evaluated';
CREATE TABLE script_tracking.alert_state (
    alert_name character varying(63) NOT NULL,
    group_name text NOT NULL,
    tenant_hk bytea,
    state character varying(10) NOT NULL,
    since timestamp with time zone NOT NULL,
    fired_at timestamp with time zone,
    resolved_at timestamp with time zone,
    cleared_at timestamp with time zone,
    notified_at timestamp with time zone,
    match_count bigint NOT NULL,
    notified_count bigint NOT NULL,
    arrivals jsonb NOT NULL,
    first_row jsonb,
    last_row jsonb,
    CONSTRAINT alert_state_state CHECK (((state)::text = ANY ((ARRAY['QUIET'::character varying, 'PENDING'::character varying, 'FIRING'::character varying])::text[])))
);
ALTER TABLE ONLY script_tracking.alert_state ALTER COLUMN alert_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.alert_state ALTER COLUMN group_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.alert_state ALTER COLUMN state SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.alert_state ALTER COLUMN arrivals SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.alert_state ALTER COLUMN first_row SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.alert_state ALTER COLUMN last_row SET STATISTICS 0;
COMMENT ON TABLE script_tracking.alert_state IS 'Whether an alert fires, for each group of rows that has ever matched';
COMMENT ON COLUMN script_tracking.alert_state.alert_name IS 'Name of the alert';
COMMENT ON COLUMN script_tracking.alert_state.group_name IS 'The tenant, name or user; empty: it is not grouped, or there is none';
COMMENT ON COLUMN script_tracking.alert_state.tenant_hk IS 'Hash key of the tenant that the group belongs to';
COMMENT ON COLUMN script_tracking.alert_state.state IS 'QUIET, PENDING (the condition holds, but not long enough) or FIRING';
COMMENT ON COLUMN script_tracking.alert_state.since IS 'When this state began';
COMMENT ON COLUMN script_tracking.alert_state.fired_at IS 'When it last began to fire';
COMMENT ON COLUMN script_tracking.alert_state.resolved_at IS 'When it was last resolved';
COMMENT ON COLUMN script_tracking.alert_state.cleared_at IS 'Since when the condition no longer holds while it still fires';
COMMENT ON COLUMN script_tracking.alert_state.notified_at IS 'When the last notice of this firing was written; NULL: none yet';
COMMENT ON COLUMN script_tracking.alert_state.match_count IS 'Events that matched since the state was QUIET, or rows that match now';
COMMENT ON COLUMN script_tracking.alert_state.notified_count IS 'match_count at the last notice';
COMMENT ON COLUMN script_tracking.alert_state.arrivals IS 'The events that still count: pairs of a time and a number';
COMMENT ON COLUMN script_tracking.alert_state.first_row IS 'The first row that matched';
COMMENT ON COLUMN script_tracking.alert_state.last_row IS 'The last row that matched';
CREATE TABLE script_tracking.rollup_total (
    level_minutes smallint NOT NULL,
    bucket_start timestamp with time zone NOT NULL,
    script_type character varying(50) NOT NULL,
    completed bigint NOT NULL,
    failed bigint NOT NULL,
    cancelled bigint NOT NULL,
    abandoned bigint NOT NULL,
    timed bigint NOT NULL,
    duration_ms numeric NOT NULL,
    longest_ms numeric,
    histogram numeric NOT NULL
);
ALTER TABLE ONLY script_tracking.rollup_total ALTER COLUMN script_type SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.rollup_total ALTER COLUMN histogram SET STATISTICS 0;
COMMENT ON TABLE script_tracking.rollup_total IS 'Executions that have ended, counted by when they began: over all tenants, for administrators';
COMMENT ON COLUMN script_tracking.rollup_total.level_minutes IS 'How long the bucket is: 1, 10 or 60 minutes';
COMMENT ON COLUMN script_tracking.rollup_total.bucket_start IS 'When the bucket begins';
COMMENT ON COLUMN script_tracking.rollup_total.script_type IS 'MANUAL, DDL_AUTO, MAINTENANCE, MIGRATION, BACKUP, REPORTING, AUTHENTICATION or the caller''s own';
COMMENT ON COLUMN script_tracking.rollup_total.completed IS 'How many COMPLETED';
COMMENT ON COLUMN script_tracking.rollup_total.failed IS 'How many FAILED';
COMMENT ON COLUMN script_tracking.rollup_total.cancelled IS 'How many CANCELLED';
COMMENT ON COLUMN script_tracking.rollup_total.abandoned IS 'How many ABANDONED';
COMMENT ON COLUMN script_tracking.rollup_total.timed IS 'How many of them have a duration';
COMMENT ON COLUMN script_tracking.rollup_total.duration_ms IS 'The sum of their durations, in milliseconds';
COMMENT ON COLUMN script_tracking.rollup_total.longest_ms IS 'The longest duration of them, in milliseconds';
COMMENT ON COLUMN script_tracking.rollup_total.histogram IS 'Of the durations: the sum of 10^(10 n) for each in slot n, from 1.08^n to 1.08^(n+1) microseconds. Ten decimal digits a slot, so that the sum of two such numbers is the histogram of both';
CREATE TABLE script_tracking.open_execution (
    script_execution_hk bytea NOT NULL,
    load_date timestamp with time zone NOT NULL,
    opened_by name NOT NULL,
    is_bound boolean NOT NULL,
    backend_pid integer NOT NULL,
    backend_start timestamp with time zone,
    statement_start timestamp with time zone
);
ALTER TABLE ONLY script_tracking.open_execution ALTER COLUMN opened_by SET STATISTICS 0;
COMMENT ON TABLE script_tracking.open_execution IS 'The executions whose current version is RUNNING';
COMMENT ON COLUMN script_tracking.open_execution.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.open_execution.load_date IS 'load_date of the RUNNING version';
COMMENT ON COLUMN script_tracking.open_execution.opened_by IS 'The login that opened it; only it and administrators may close it';
COMMENT ON COLUMN script_tracking.open_execution.is_bound IS 'It lives no longer than the connection that opened it: without that, it is ABANDONED';
COMMENT ON COLUMN script_tracking.open_execution.backend_pid IS 'Process id of the session that opened it';
COMMENT ON COLUMN script_tracking.open_execution.backend_start IS 'When that session began; with backend_pid it identifies the session';
COMMENT ON COLUMN script_tracking.open_execution.statement_start IS 'Of a captured statement that commits part-way: when its statement began, which names it within its session';
CREATE TABLE script_tracking.rollup_day (
    tenant_hk bytea NOT NULL,
    subject_kind character varying(10) NOT NULL,
    day_start timestamp with time zone NOT NULL,
    subject character varying(255) NOT NULL,
    ended bigint NOT NULL,
    completed bigint NOT NULL,
    timed bigint NOT NULL,
    longest_ms numeric,
    histogram numeric NOT NULL,
    percentiles numeric[] NOT NULL,
    has_types boolean,
    has_names boolean,
    failed bigint NOT NULL,
    cancelled bigint NOT NULL,
    abandoned bigint NOT NULL,
    duration_ms numeric NOT NULL,
    CONSTRAINT rollup_day_kind_known CHECK (((subject_kind)::text = ANY ((ARRAY['all'::character varying, 'type'::character varying, 'name'::character varying, 'platform'::character varying])::text[])))
);
ALTER TABLE ONLY script_tracking.rollup_day ALTER COLUMN subject_kind SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.rollup_day ALTER COLUMN subject SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.rollup_day ALTER COLUMN histogram SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.rollup_day ALTER COLUMN percentiles SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.rollup_day ALTER COLUMN duration_ms SET STATISTICS 0;
COMMENT ON TABLE script_tracking.rollup_day IS 'Executions that have ended, counted by the day in which they began, by tenant, type and name; rollup_day_state says of which days';
COMMENT ON COLUMN script_tracking.rollup_day.tenant_hk IS 'Hash key of the tenant; empty: over all tenants, for administrators';
COMMENT ON COLUMN script_tracking.rollup_day.subject_kind IS 'all; type or name: those of this type or name; platform: those of no tenant, for administrators';
COMMENT ON COLUMN script_tracking.rollup_day.day_start IS 'When the day begins';
COMMENT ON COLUMN script_tracking.rollup_day.subject IS 'The type or the name; otherwise empty';
COMMENT ON COLUMN script_tracking.rollup_day.ended IS 'How many';
COMMENT ON COLUMN script_tracking.rollup_day.completed IS 'How many of them completed';
COMMENT ON COLUMN script_tracking.rollup_day.timed IS 'How many of them have a duration';
COMMENT ON COLUMN script_tracking.rollup_day.longest_ms IS 'The longest duration, in milliseconds';
COMMENT ON COLUMN script_tracking.rollup_day.histogram IS 'Histogram of the durations, as in rollup_total';
COMMENT ON COLUMN script_tracking.rollup_day.percentiles IS 'The 50th, 95th and 99th percentile of the histogram, in milliseconds, so that a trend by the day need not look for them';
COMMENT ON COLUMN script_tracking.rollup_day.has_types IS 'With subject_kind all: whether the types of this day have rows; with few executions to a type, hours and rows are read instead';
COMMENT ON COLUMN script_tracking.rollup_day.has_names IS 'The same for names';
COMMENT ON COLUMN script_tracking.rollup_day.failed IS 'How many of them failed';
COMMENT ON COLUMN script_tracking.rollup_day.cancelled IS 'How many of them were cancelled';
COMMENT ON COLUMN script_tracking.rollup_day.abandoned IS 'How many of them were abandoned';
COMMENT ON COLUMN script_tracking.rollup_day.duration_ms IS 'The sum of the durations, in milliseconds';
CREATE TABLE script_tracking.script_execution_h (
    script_execution_hk bytea NOT NULL,
    script_execution_bk character varying(320) NOT NULL,
    tenant_hk bytea,
    load_date timestamp with time zone NOT NULL,
    record_source character varying(255) NOT NULL
)
PARTITION BY RANGE (load_date);
ALTER TABLE ONLY script_tracking.script_execution_h ALTER COLUMN script_execution_bk SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_h ALTER COLUMN record_source SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_h FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.script_execution_h IS 'Hub: one row an execution, its business key and its hash key';
COMMENT ON COLUMN script_tracking.script_execution_h.script_execution_hk IS 'SHA-256 of script_execution_bk';
COMMENT ON COLUMN script_tracking.script_execution_h.script_execution_bk IS 'Script name, UTC time and random suffix: base_2026-01-15_14:30:25.123456_abc123';
COMMENT ON COLUMN script_tracking.script_execution_h.tenant_hk IS 'The tenant it belongs to; NULL: the platform';
COMMENT ON COLUMN script_tracking.script_execution_h.load_date IS 'When the row was written';
COMMENT ON COLUMN script_tracking.script_execution_h.record_source IS 'The writer, the node and the database: event_trigger@local:5432/shop';
CREATE TABLE script_tracking.tenant_s (
    tenant_hk bytea NOT NULL,
    load_date timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    load_end_date timestamp with time zone,
    hash_diff bytea NOT NULL,
    tenant_name character varying(255) NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.tenant_s ALTER COLUMN tenant_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_s ALTER COLUMN record_source SET STATISTICS 0;
COMMENT ON TABLE script_tracking.tenant_s IS 'Satellite: a tenant''s name and whether it is active';
COMMENT ON COLUMN script_tracking.tenant_s.tenant_hk IS 'Hash key of the tenant';
COMMENT ON COLUMN script_tracking.tenant_s.load_date IS 'When the row was written, or when what it describes became valid';
COMMENT ON COLUMN script_tracking.tenant_s.load_end_date IS 'When a later version superseded this one; NULL: the current one';
COMMENT ON COLUMN script_tracking.tenant_s.hash_diff IS 'SHA-256 over name and state';
COMMENT ON COLUMN script_tracking.tenant_s.tenant_name IS 'Its name for people to read';
COMMENT ON COLUMN script_tracking.tenant_s.is_active IS 'False: no new operations for the tenant';
COMMENT ON COLUMN script_tracking.tenant_s.record_source IS 'The writer and the node: event_trigger@local:5432';
CREATE TABLE script_tracking.access_log (
    access_id bigint NOT NULL,
    accessed_at timestamp with time zone NOT NULL,
    db_session_user name NOT NULL,
    report_name character varying(63) NOT NULL,
    accessed_tenant_hk bytea,
    accessed_tenant character varying(100),
    is_granted boolean NOT NULL,
    application_name text NOT NULL,
    client_ip inet
);
ALTER TABLE ONLY script_tracking.access_log ALTER COLUMN db_session_user SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.access_log ALTER COLUMN report_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.access_log ALTER COLUMN accessed_tenant SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.access_log ALTER COLUMN application_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.access_log ALTER COLUMN client_ip SET STATISTICS 0;
COMMENT ON TABLE script_tracking.access_log IS 'Who read other people''s records through which report, granted or refused';
COMMENT ON COLUMN script_tracking.access_log.access_id IS 'Number of the access';
COMMENT ON COLUMN script_tracking.access_log.accessed_at IS 'When';
COMMENT ON COLUMN script_tracking.access_log.db_session_user IS 'Who read';
COMMENT ON COLUMN script_tracking.access_log.report_name IS 'Through which report';
COMMENT ON COLUMN script_tracking.access_log.accessed_tenant_hk IS 'Whose records; NULL: of all tenants, or of one that is not there';
COMMENT ON COLUMN script_tracking.access_log.accessed_tenant IS 'Its name as it was asked for; NULL: all tenants';
COMMENT ON COLUMN script_tracking.access_log.is_granted IS 'Whether the login may see those records';
COMMENT ON COLUMN script_tracking.access_log.application_name IS 'application_name of the session, redacted';
COMMENT ON COLUMN script_tracking.access_log.client_ip IS 'Address of the client; NULL: a local socket';
ALTER TABLE script_tracking.access_log ALTER COLUMN access_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME script_tracking.access_log_access_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE script_tracking.alert_cursor (
    is_only boolean DEFAULT true NOT NULL,
    place jsonb,
    seen pg_snapshot,
    evaluated_at timestamp with time zone,
    failures_noted bigint NOT NULL,
    CONSTRAINT alert_cursor_is_only_check CHECK (is_only)
);
COMMENT ON TABLE script_tracking.alert_cursor IS 'How far alerts have been evaluated. An evaluation locks the row, so that there is one at a time';
COMMENT ON COLUMN script_tracking.alert_cursor.is_only IS 'Always true: the table has one row';
COMMENT ON COLUMN script_tracking.alert_cursor.place IS 'Server, database and table: elsewhere the snapshot means nothing';
COMMENT ON COLUMN script_tracking.alert_cursor.seen IS 'The events that were visible in this snapshot have been evaluated';
COMMENT ON COLUMN script_tracking.alert_cursor.evaluated_at IS 'When alerts were last evaluated';
COMMENT ON COLUMN script_tracking.alert_cursor.failures_noted IS 'Value of capture_failure_seq up to which there are notices';
COMMENT ON VIEW script_tracking.annotation IS 'Executions as annotations of graphs: time, timeend, text, tags; limit time, e.g. Grafana''s $__timeFilter(time)';
COMMENT ON COLUMN script_tracking.annotation."time" IS 'When the execution started';
COMMENT ON COLUMN script_tracking.annotation.timeend IS 'When it ended; NULL: it runs';
COMMENT ON COLUMN script_tracking.annotation.text IS 'Name, and what went wrong';
COMMENT ON COLUMN script_tracking.annotation.tags IS 'Type, status and tenant, with commas between them';
COMMENT ON COLUMN script_tracking.annotation.script_type IS 'MANUAL, DDL_AUTO, MAINTENANCE, MIGRATION, BACKUP, REPORTING, AUTHENTICATION or the caller''s own';
COMMENT ON COLUMN script_tracking.annotation.execution_status IS 'RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED';
COMMENT ON COLUMN script_tracking.annotation.tenant_hk IS 'Hash key of the tenant it belongs to; NULL: the platform';
CREATE TABLE script_tracking.anomaly_score (
    hour_start timestamp with time zone NOT NULL,
    measure character varying(20) NOT NULL,
    subject_kind character varying(10) NOT NULL,
    tenant_hk bytea NOT NULL,
    subject character varying(63) NOT NULL,
    value numeric NOT NULL,
    expected numeric NOT NULL,
    deviation numeric NOT NULL,
    score numeric NOT NULL,
    recorded_by xid8 DEFAULT pg_current_xact_id(),
    noted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT anomaly_score_kind_known CHECK (((subject_kind)::text = ANY ((ARRAY['all'::character varying, 'type'::character varying, 'tenant'::character varying, 'login'::character varying])::text[]))),
    CONSTRAINT anomaly_score_measure_known CHECK (((measure)::text = ANY ((ARRAY['operations'::character varying, 'failures'::character varying, 'duration_ms'::character varying, 'waited_ms'::character varying])::text[])))
);
ALTER TABLE ONLY script_tracking.anomaly_score ALTER COLUMN measure SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.anomaly_score ALTER COLUMN subject_kind SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.anomaly_score ALTER COLUMN subject SET STATISTICS 0;
COMMENT ON TABLE script_tracking.anomaly_score IS 'Hours in which a measure was at least three deviations above what is usual; get_anomalies chooses from them';
COMMENT ON COLUMN script_tracking.anomaly_score.hour_start IS 'When the hour begins';
COMMENT ON COLUMN script_tracking.anomaly_score.measure IS 'operations, failures, duration_ms (the mean), waited_ms (for locks, in all)';
COMMENT ON COLUMN script_tracking.anomaly_score.subject_kind IS 'Of what: type, or all types; tenant: a type of a tenant; login';
COMMENT ON COLUMN script_tracking.anomaly_score.tenant_hk IS 'Hash key of the tenant; empty: the platform''s, or all tenants, for administrators';
COMMENT ON COLUMN script_tracking.anomaly_score.subject IS 'The type or the login; empty: all types';
COMMENT ON COLUMN script_tracking.anomaly_score.value IS 'The measure in this hour';
COMMENT ON COLUMN script_tracking.anomaly_score.expected IS 'What is usual: of counts their mean, mostly that of the same hour of the week, of times the power of the mean of their logarithms';
COMMENT ON COLUMN script_tracking.anomaly_score.deviation IS 'The deviation from it; of times that of their logarithms';
COMMENT ON COLUMN script_tracking.anomaly_score.score IS 'How many deviations the value is above what is usual';
COMMENT ON COLUMN script_tracking.anomaly_score.recorded_by IS 'The transaction that wrote it, or raised its score by a tenth';
COMMENT ON COLUMN script_tracking.anomaly_score.noted_at IS 'When that was';
CREATE TABLE script_tracking.anomaly_state (
    is_only boolean DEFAULT true NOT NULL,
    place jsonb,
    noted_before xid8,
    noted_without xid8[] DEFAULT '{}'::xid8[] NOT NULL,
    scored_before timestamp with time zone,
    waits_before timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    advanced_at timestamp with time zone,
    CONSTRAINT anomaly_state_is_only_check CHECK (is_only)
);
COMMENT ON TABLE script_tracking.anomaly_state IS 'How far first_seen, rollup_login and anomaly_score go; whoever advances them locks this row';
COMMENT ON COLUMN script_tracking.anomaly_state.is_only IS 'Always true: the table has one row';
COMMENT ON COLUMN script_tracking.anomaly_state.place IS 'Server, database and table: elsewhere its transaction ids mean nothing; NULL: nothing was noted yet';
COMMENT ON COLUMN script_tracking.anomaly_state.noted_before IS 'No version that this or a later transaction recorded is noted';
COMMENT ON COLUMN script_tracking.anomaly_state.noted_without IS 'Nor those of these, which had not ended';
COMMENT ON COLUMN script_tracking.anomaly_state.scored_before IS 'Hours that begin before this have their scores';
COMMENT ON COLUMN script_tracking.anomaly_state.waits_before IS 'Lock waits that were recorded before this are in the scores';
COMMENT ON COLUMN script_tracking.anomaly_state.advanced_at IS 'When it was last advanced';
CREATE TABLE script_tracking.anomaly_usual (
    measure character varying(20) NOT NULL,
    subject_kind character varying(10) NOT NULL,
    tenant_hk bytea NOT NULL,
    subject character varying(63) NOT NULL,
    expected numeric NOT NULL,
    deviation numeric NOT NULL
);
ALTER TABLE ONLY script_tracking.anomaly_usual ALTER COLUMN measure SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.anomaly_usual ALTER COLUMN subject_kind SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.anomaly_usual ALTER COLUMN subject SET STATISTICS 0;
COMMENT ON TABLE script_tracking.anomaly_usual IS 'What is usual in the hour that is running, so that it need not end to be judged';
COMMENT ON COLUMN script_tracking.anomaly_usual.measure IS 'As in anomaly_score';
COMMENT ON COLUMN script_tracking.anomaly_usual.subject_kind IS 'As in anomaly_score';
COMMENT ON COLUMN script_tracking.anomaly_usual.tenant_hk IS 'As in anomaly_score';
COMMENT ON COLUMN script_tracking.anomaly_usual.subject IS 'As in anomaly_score';
COMMENT ON COLUMN script_tracking.anomaly_usual.expected IS 'As in anomaly_score';
COMMENT ON COLUMN script_tracking.anomaly_usual.deviation IS 'As in anomaly_score';
CREATE TABLE script_tracking.api_start (
    token_id character varying(12) NOT NULL,
    request_hash bytea NOT NULL,
    content_hash bytea NOT NULL,
    script_execution_hk bytea NOT NULL,
    started_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY script_tracking.api_start ALTER COLUMN token_id SET STATISTICS 0;
COMMENT ON TABLE script_tracking.api_start IS 'Starts of operations that carried an Idempotency-Key, for a day: the same key starts no second operation';
COMMENT ON COLUMN script_tracking.api_start.token_id IS 'The token that started it';
COMMENT ON COLUMN script_tracking.api_start.request_hash IS 'SHA-256 of the Idempotency-Key';
COMMENT ON COLUMN script_tracking.api_start.content_hash IS 'SHA-256 of what was started: the same key with other content is refused';
COMMENT ON COLUMN script_tracking.api_start.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.api_start.started_at IS 'When it was started';
CREATE TABLE script_tracking.api_token (
    token_id character varying(12) NOT NULL,
    token_name character varying(63) NOT NULL,
    token_scope character varying(5) NOT NULL,
    proves_hk bytea[],
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL,
    requests_per_minute integer,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    created_by name DEFAULT SESSION_USER NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT api_token_identity CHECK ((((token_id)::text ~ '^[0-9a-f]{12}$'::text) AND ((token_name)::text ~ '^[a-z0-9_-]{1,63}$'::text))),
    CONSTRAINT api_token_rate CHECK (((requests_per_minute >= 1) AND (requests_per_minute <= 1000000))),
    CONSTRAINT api_token_scope CHECK (((token_scope)::text = ANY ((ARRAY['read'::character varying, 'write'::character varying, 'admin'::character varying])::text[])))
);
ALTER TABLE ONLY script_tracking.api_token ALTER COLUMN token_id SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.api_token ALTER COLUMN token_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.api_token ALTER COLUMN token_scope SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.api_token ALTER COLUMN proves_hk SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.api_token ALTER COLUMN created_by SET STATISTICS 0;
COMMENT ON TABLE script_tracking.api_token IS 'Tokens of the API; only the SHA-256 of each token''s secret is stored, and no role but the owner reads it';
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
COMMENT ON VIEW script_tracking.archivable_row IS 'Hub rows, versions and links in one form, as an archive contains them; script_execution_hk of a link is the child''s';
COMMENT ON COLUMN script_tracking.archivable_row.row_kind IS 'hub, version or link';
COMMENT ON COLUMN script_tracking.archivable_row.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.archivable_row.load_date IS 'When the row was written, or when what it describes became valid';
COMMENT ON COLUMN script_tracking.archivable_row.tenant_hk IS 'Hash key of the tenant it belongs to; NULL: the platform';
COMMENT ON COLUMN script_tracking.archivable_row.record_source IS 'The writer and the node: event_trigger@local:5432';
COMMENT ON COLUMN script_tracking.archivable_row.script_execution_bk IS 'Business key of the execution; of hub rows';
COMMENT ON COLUMN script_tracking.archivable_row.load_end_date IS 'When a later version superseded this one; NULL: the current one';
COMMENT ON COLUMN script_tracking.archivable_row.hash_diff IS 'SHA-256 over the attributes of this version';
COMMENT ON COLUMN script_tracking.archivable_row.version_number IS 'Increases with each version written, over all executions; from a sequence';
COMMENT ON COLUMN script_tracking.archivable_row.script_name IS 'Name of what ran';
COMMENT ON COLUMN script_tracking.archivable_row.script_type IS 'MANUAL, DDL_AUTO, MAINTENANCE, MIGRATION, BACKUP, REPORTING, AUTHENTICATION or the caller''s own';
COMMENT ON COLUMN script_tracking.archivable_row.execution_status IS 'RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED';
COMMENT ON COLUMN script_tracking.archivable_row.execution_timestamp IS 'When the execution started';
COMMENT ON COLUMN script_tracking.archivable_row.execution_duration_ms IS 'Whole milliseconds; the microseconds are in metadata.duration_us';
COMMENT ON COLUMN script_tracking.archivable_row.db_session_user IS 'The login (session_user)';
COMMENT ON COLUMN script_tracking.archivable_row.client_ip IS 'Address of the client; NULL: a local socket';
COMMENT ON COLUMN script_tracking.archivable_row.affected_objects IS 'Identities as PostgreSQL gives them, each once';
COMMENT ON COLUMN script_tracking.archivable_row.sql_command IS 'The statement as sent, redacted';
COMMENT ON COLUMN script_tracking.archivable_row.error_message IS 'What went wrong, redacted';
COMMENT ON COLUMN script_tracking.archivable_row.metadata IS 'Attributes without a column; docs/model.md explains the keys';
COMMENT ON COLUMN script_tracking.archivable_row.script_execution_parent_hk IS 'Hash key of the link; of links';
COMMENT ON COLUMN script_tracking.archivable_row.parent_execution_hk IS 'Hash key of the execution around it; of links';
COMMENT ON COLUMN script_tracking.archivable_row.link_type IS 'tracked or nested; of links';
ALTER TABLE script_tracking.auditor ALTER COLUMN auditor_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME script_tracking.auditor_auditor_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE UNLOGGED SEQUENCE script_tracking.capture_discard_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 4096;
COMMENT ON SEQUENCE script_tracking.capture_discard_seq IS 'Tells a backend whether it still has the values that it set: it holds a block of 4096 numbers until DISCARD SEQUENCES';
CREATE UNLOGGED SEQUENCE script_tracking.capture_excerpt_seed_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
COMMENT ON SEQUENCE script_tracking.capture_excerpt_seed_seq IS 'The seed of the hash in capture_excerpt_seq';
CREATE UNLOGGED SEQUENCE script_tracking.capture_excerpt_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
COMMENT ON SEQUENCE script_tracking.capture_excerpt_seq IS 'The hash of the beginning of the client''s string that a setting holds; only the value that a backend set itself counts';
CREATE TABLE script_tracking.capture_failure (
    capture_failure_id bigint NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    command_tag text NOT NULL,
    error_sqlstate text NOT NULL,
    error_message text NOT NULL,
    db_session_user name NOT NULL
);
ALTER TABLE ONLY script_tracking.capture_failure ALTER COLUMN command_tag SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.capture_failure ALTER COLUMN error_sqlstate SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.capture_failure ALTER COLUMN error_message SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.capture_failure ALTER COLUMN db_session_user SET STATISTICS 0;
COMMENT ON TABLE script_tracking.capture_failure IS 'What is known of DDL that could not be recorded';
COMMENT ON COLUMN script_tracking.capture_failure.capture_failure_id IS 'Number of the failure, from capture_failure_seq';
COMMENT ON COLUMN script_tracking.capture_failure.occurred_at IS 'When';
COMMENT ON COLUMN script_tracking.capture_failure.command_tag IS 'Command tag of the DDL';
COMMENT ON COLUMN script_tracking.capture_failure.error_sqlstate IS 'SQLSTATE of that error';
COMMENT ON COLUMN script_tracking.capture_failure.error_message IS 'Why it could not be recorded, redacted';
COMMENT ON COLUMN script_tracking.capture_failure.db_session_user IS 'The login (session_user)';
CREATE SEQUENCE script_tracking.capture_failure_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
COMMENT ON SEQUENCE script_tracking.capture_failure_seq IS 'Counts the DDL that could not be recorded: a sequence, because it survives the rollback of whatever failed';
CREATE SEQUENCE script_tracking.capture_partial_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
COMMENT ON SEQUENCE script_tracking.capture_partial_seq IS 'Counts the DDL commands that were recorded in part (metadata.not_described). A sequence costs the transaction nothing';
CREATE UNLOGGED SEQUENCE script_tracking.capture_place_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
COMMENT ON SEQUENCE script_tracking.capture_place_seq IS 'Where in the client''s string of statements a backend has come to; only the value that it set itself counts';
CREATE TABLE script_tracking.capture_secret (
    is_only boolean DEFAULT true NOT NULL,
    secret bytea NOT NULL,
    CONSTRAINT capture_secret_is_only_check CHECK (is_only)
);
COMMENT ON TABLE script_tracking.capture_secret IS 'Authenticates what one capture function hands to the next through a setting that the session could write';
COMMENT ON COLUMN script_tracking.capture_secret.is_only IS 'Always true: the table has one row';
COMMENT ON COLUMN script_tracking.capture_secret.secret IS '32 random bytes; only the owner can read them';
CREATE TABLE script_tracking.capture_setting (
    is_only boolean DEFAULT true NOT NULL,
    is_enabled boolean NOT NULL,
    with_temporary boolean NOT NULL,
    most_objects integer NOT NULL,
    statement_characters integer NOT NULL,
    redaction text NOT NULL,
    has_tenants boolean NOT NULL,
    guarded_commands integer DEFAULT 1000 NOT NULL,
    ignored_schemas text[] DEFAULT '{}'::text[] NOT NULL,
    ignored_roles text[] DEFAULT '{}'::text[] NOT NULL,
    with_history boolean DEFAULT true NOT NULL,
    most_described integer DEFAULT 1000 NOT NULL,
    CONSTRAINT capture_setting_is_only_check CHECK (is_only)
);
COMMENT ON TABLE script_tracking.capture_setting IS 'The settings that capture reads for each DDL: a copy that triggers of setting and tenant_h keep';
COMMENT ON COLUMN script_tracking.capture_setting.is_only IS 'Always true: the table has one row';
COMMENT ON COLUMN script_tracking.capture_setting.is_enabled IS 'The setting capture.enabled';
COMMENT ON COLUMN script_tracking.capture_setting.with_temporary IS 'The setting capture.temporary_objects';
COMMENT ON COLUMN script_tracking.capture_setting.most_objects IS 'The setting capture.objects';
COMMENT ON COLUMN script_tracking.capture_setting.statement_characters IS 'The setting capture.statement_characters';
COMMENT ON COLUMN script_tracking.capture_setting.redaction IS 'The setting redaction.mode';
COMMENT ON COLUMN script_tracking.capture_setting.has_tenants IS 'Whether there is any tenant';
COMMENT ON COLUMN script_tracking.capture_setting.guarded_commands IS 'The setting capture.guarded_commands';
COMMENT ON COLUMN script_tracking.capture_setting.ignored_schemas IS 'The setting capture.ignore_schemas';
COMMENT ON COLUMN script_tracking.capture_setting.ignored_roles IS 'The setting capture.ignore_roles';
COMMENT ON COLUMN script_tracking.capture_setting.with_history IS 'The setting capture.object_history';
COMMENT ON COLUMN script_tracking.capture_setting.most_described IS 'The setting capture.described_objects';
CREATE UNLOGGED SEQUENCE script_tracking.capture_turn_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
COMMENT ON SEQUENCE script_tracking.capture_turn_seq IS 'Which of the settings about strings that code runs is a backend''s newest; only the value that it set itself counts';
CREATE UNLOGGED SEQUENCE script_tracking.capture_window_seed_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
COMMENT ON SEQUENCE script_tracking.capture_window_seed_seq IS 'The seed of the hash in capture_window_seq';
CREATE UNLOGGED SEQUENCE script_tracking.capture_window_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
COMMENT ON SEQUENCE script_tracking.capture_window_seq IS 'The hash of the piece of the client''s string that a setting holds; only the value that a backend set itself counts';
CREATE TABLE script_tracking.catalog_difference (
    difference_id bigint NOT NULL,
    old_object script_tracking.catalog_object,
    new_object script_tracking.catalog_object,
    change text,
    object_type text,
    object_identity text,
    before jsonb,
    after jsonb,
    explained_by bytea,
    is_explained boolean DEFAULT false NOT NULL,
    script_execution_hk bytea,
    must_be_dropped boolean DEFAULT false NOT NULL,
    lost_columns text[],
    lost_defaults text[]
);
COMMENT ON TABLE script_tracking.catalog_difference IS 'What the last run of dbtrack reconcile found different';
COMMENT ON COLUMN script_tracking.catalog_difference.difference_id IS 'Number of the difference';
COMMENT ON COLUMN script_tracking.catalog_difference.old_object IS 'The object''s row in the snapshot; NULL: it is new';
COMMENT ON COLUMN script_tracking.catalog_difference.new_object IS 'The object''s row now; NULL: it is gone';
COMMENT ON COLUMN script_tracking.catalog_difference.change IS 'created, changed, recreated, dropped or restored; NULL: nothing that anybody did to this object itself';
COMMENT ON COLUMN script_tracking.catalog_difference.object_type IS 'What sort of object it is';
COMMENT ON COLUMN script_tracking.catalog_difference.object_identity IS 'Identity of the object as PostgreSQL gives it';
COMMENT ON COLUMN script_tracking.catalog_difference.before IS 'What the object was in the snapshot';
COMMENT ON COLUMN script_tracking.catalog_difference.after IS 'What the object is now';
COMMENT ON COLUMN script_tracking.catalog_difference.explained_by IS 'The execution that explains it; NULL for what an install of dbtrack did to its own objects';
COMMENT ON COLUMN script_tracking.catalog_difference.is_explained IS 'Whether a recorded execution explains it';
COMMENT ON COLUMN script_tracking.catalog_difference.script_execution_hk IS 'The UNATTRIBUTED execution that it became';
COMMENT ON COLUMN script_tracking.catalog_difference.must_be_dropped IS 'It is gone, and only a recorded command that dropped it explains that';
COMMENT ON COLUMN script_tracking.catalog_difference.lost_columns IS 'The columns that a changed relation has no longer';
COMMENT ON COLUMN script_tracking.catalog_difference.lost_defaults IS 'The columns of a changed relation that have no longer a default';
ALTER TABLE script_tracking.catalog_difference ALTER COLUMN difference_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME script_tracking.catalog_difference_difference_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE script_tracking.counter_state (
    is_only boolean DEFAULT true NOT NULL,
    place jsonb NOT NULL,
    counted_before xid8 NOT NULL,
    counted_without xid8[] DEFAULT '{}'::xid8[] NOT NULL,
    counting_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    advanced_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT counter_state_is_only_check CHECK (is_only)
);
COMMENT ON TABLE script_tracking.counter_state IS 'How far execution_counter goes: a version is in it if its recorded_by is below counted_before and not in counted_without';
COMMENT ON COLUMN script_tracking.counter_state.is_only IS 'Always true: the table has one row';
COMMENT ON COLUMN script_tracking.counter_state.place IS 'Server, database and table: elsewhere its transaction ids mean nothing';
COMMENT ON COLUMN script_tracking.counter_state.counted_before IS 'No transaction from this one on is counted';
COMMENT ON COLUMN script_tracking.counter_state.counted_without IS 'Nor are these, which had not ended';
COMMENT ON COLUMN script_tracking.counter_state.counting_since IS 'When counting began';
COMMENT ON COLUMN script_tracking.counter_state.advanced_at IS 'When the counters were last brought up to date';
COMMENT ON VIEW script_tracking.current_execution IS 'The current version of every execution that the caller may see';
COMMENT ON COLUMN script_tracking.current_execution.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.current_execution.tenant_bk IS 'Business key of the tenant: its short name';
COMMENT ON COLUMN script_tracking.current_execution.tenant_hk IS 'Hash key of the tenant it belongs to; NULL: the platform';
COMMENT ON COLUMN script_tracking.current_execution.script_name IS 'Name of what ran';
COMMENT ON COLUMN script_tracking.current_execution.script_type IS 'MANUAL, DDL_AUTO, MAINTENANCE, MIGRATION, BACKUP, REPORTING, AUTHENTICATION or the caller''s own';
COMMENT ON COLUMN script_tracking.current_execution.execution_status IS 'RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED';
COMMENT ON COLUMN script_tracking.current_execution.execution_timestamp IS 'When the execution started';
COMMENT ON COLUMN script_tracking.current_execution.execution_duration_ms IS 'Whole milliseconds; the microseconds are in metadata.duration_us';
COMMENT ON COLUMN script_tracking.current_execution.db_session_user IS 'The login (session_user)';
COMMENT ON COLUMN script_tracking.current_execution.client_ip IS 'Address of the client; NULL: a local socket';
COMMENT ON COLUMN script_tracking.current_execution.affected_objects IS 'Identities as PostgreSQL gives them, each once';
COMMENT ON COLUMN script_tracking.current_execution.sql_command IS 'The statement as sent, redacted';
COMMENT ON COLUMN script_tracking.current_execution.error_message IS 'What went wrong, redacted';
COMMENT ON COLUMN script_tracking.current_execution.metadata IS 'Attributes without a column; docs/model.md explains the keys';
COMMENT ON COLUMN script_tracking.current_execution.record_source IS 'The writer and the node: event_trigger@local:5432';
COMMENT ON COLUMN script_tracking.current_execution.version_number IS 'Increases with each version written, over all executions; from a sequence';
COMMENT ON COLUMN script_tracking.current_execution.load_date IS 'When the row was written, or when what it describes became valid';
CREATE TABLE script_tracking.digest_departure (
    departure_id bigint NOT NULL,
    destination_name character varying(400) NOT NULL,
    destination_kind character varying(20) NOT NULL,
    outcome character varying(10) NOT NULL,
    first_attempt_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_attempt_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    attempts integer DEFAULT 1 NOT NULL,
    db_session_user name DEFAULT SESSION_USER NOT NULL,
    block_number bigint,
    block_hash bytea,
    root_hash bytea,
    digest_document text,
    proof jsonb,
    detail text,
    CONSTRAINT digest_departure_outcome_known CHECK (((outcome)::text = ANY ((ARRAY['left'::character varying, 'failed'::character varying, 'refused'::character varying, 'gone'::character varying])::text[])))
);
ALTER TABLE ONLY script_tracking.digest_departure ALTER COLUMN destination_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.digest_departure ALTER COLUMN destination_kind SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.digest_departure ALTER COLUMN outcome SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.digest_departure ALTER COLUMN db_session_user SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.digest_departure ALTER COLUMN digest_document SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.digest_departure ALTER COLUMN proof SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.digest_departure ALTER COLUMN detail SET STATISTICS 0;
COMMENT ON TABLE script_tracking.digest_departure IS 'Each digest that left this database, and each that did not; attempts that failed one after the other are one row';
COMMENT ON COLUMN script_tracking.digest_departure.departure_id IS 'Number of the row';
COMMENT ON COLUMN script_tracking.digest_departure.destination_name IS 'Where it was to go, without secrets';
COMMENT ON COLUMN script_tracking.digest_departure.destination_kind IS 's3, rfc3161, directory or webhook';
COMMENT ON COLUMN script_tracking.digest_departure.outcome IS 'left; failed: tried again; refused: the destination does not take it; gone: it wants no more';
COMMENT ON COLUMN script_tracking.digest_departure.first_attempt_at IS 'When the first of these attempts ended';
COMMENT ON COLUMN script_tracking.digest_departure.last_attempt_at IS 'When the last of these attempts ended; for a digest that left, when it left';
COMMENT ON COLUMN script_tracking.digest_departure.attempts IS 'How many attempts these are';
COMMENT ON COLUMN script_tracking.digest_departure.db_session_user IS 'The login that sent it';
COMMENT ON COLUMN script_tracking.digest_departure.block_number IS 'The last block of the digest; NULL: no digest could be taken';
COMMENT ON COLUMN script_tracking.digest_departure.block_hash IS 'The hash of that block';
COMMENT ON COLUMN script_tracking.digest_departure.root_hash IS 'The root of the tree of that block';
COMMENT ON COLUMN script_tracking.digest_departure.digest_document IS 'The document that left, byte for byte; what a timestamp token is over';
COMMENT ON COLUMN script_tracking.digest_departure.proof IS 'What the destination returned: of S3 the version and until when it is retained, of RFC 3161 the token, of HTTP the status';
COMMENT ON COLUMN script_tracking.digest_departure.detail IS 'Why it did not leave';
ALTER TABLE script_tracking.digest_departure ALTER COLUMN departure_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME script_tracking.digest_departure_departure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE script_tracking.digest_destination (
    destination_name character varying(400) NOT NULL,
    destination_kind character varying(20) NOT NULL,
    is_scheduled boolean DEFAULT false NOT NULL,
    departs_every interval DEFAULT '00:00:00'::interval NOT NULL,
    added_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    claimed_until timestamp with time zone,
    next_attempt_at timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL,
    is_gone boolean DEFAULT false NOT NULL,
    CONSTRAINT digest_destination_kind_known CHECK (((destination_kind)::text = ANY ((ARRAY['s3'::character varying, 'rfc3161'::character varying, 'directory'::character varying, 'webhook'::character varying])::text[])))
);
COMMENT ON TABLE script_tracking.digest_destination IS 'Where digests of the seals are sent, outside this database';
COMMENT ON COLUMN script_tracking.digest_destination.destination_name IS 'The destination without secrets: of a webhook, no path';
COMMENT ON COLUMN script_tracking.digest_destination.destination_kind IS 's3, rfc3161, directory or webhook';
COMMENT ON COLUMN script_tracking.digest_destination.is_scheduled IS 'Whether dbtrack maintain sends there by its configuration, so that a digest that is late is a fault';
COMMENT ON COLUMN script_tracking.digest_destination.departs_every IS 'The least time between two digests; 0: one for each new block';
COMMENT ON COLUMN script_tracking.digest_destination.added_at IS 'When the first digest was to go there';
COMMENT ON COLUMN script_tracking.digest_destination.claimed_until IS 'Until when a process is sending there; others leave it alone';
COMMENT ON COLUMN script_tracking.digest_destination.next_attempt_at IS 'After a failure, when dbtrack maintain tries again';
COMMENT ON COLUMN script_tracking.digest_destination.failures IS 'How many attempts failed since the last digest that left';
COMMENT ON COLUMN script_tracking.digest_destination.is_gone IS 'Whether the destination said that it wants no more (HTTP 410); dbtrack maintain sends no more';
COMMENT ON VIEW script_tracking.ended_execution IS 'Executions that have ended, with their duration and its slot in the histograms; transaction_age: how many transaction ids ago its row was last written; recorded_by: the transaction that recorded it';
COMMENT ON COLUMN script_tracking.ended_execution.tenant_hk IS 'Hash key of the tenant it belongs to; NULL: the platform';
COMMENT ON COLUMN script_tracking.ended_execution.script_type IS 'MANUAL, DDL_AUTO, MAINTENANCE, MIGRATION, BACKUP, REPORTING, AUTHENTICATION or the caller''s own';
COMMENT ON COLUMN script_tracking.ended_execution.execution_status IS 'RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED';
COMMENT ON COLUMN script_tracking.ended_execution.execution_timestamp IS 'When the execution started';
COMMENT ON COLUMN script_tracking.ended_execution.load_date IS 'When the row was written, or when what it describes became valid';
COMMENT ON COLUMN script_tracking.ended_execution.transaction_age IS 'How many transaction ids ago the version was written';
COMMENT ON COLUMN script_tracking.ended_execution.duration_ms IS 'Duration in milliseconds, to the microsecond';
COMMENT ON COLUMN script_tracking.ended_execution.duration_slot IS 'Slot of the duration in the histograms';
COMMENT ON COLUMN script_tracking.ended_execution.recorded_by IS 'The transaction that wrote the version on this server';
COMMENT ON COLUMN script_tracking.ended_execution.script_name IS 'Name of what ran';
CREATE TABLE script_tracking.notice (
    notice_hk bytea DEFAULT sha256(uuid_send(gen_random_uuid())) NOT NULL,
    load_date timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    version_number bigint DEFAULT nextval('script_tracking.script_execution_version_seq'::regclass) NOT NULL,
    notice_type character varying(40) NOT NULL,
    subject character varying(320) NOT NULL,
    tenant_hk bytea,
    notice_data jsonb NOT NULL,
    record_source character varying(255) NOT NULL,
    recorded_by xid8 DEFAULT pg_current_xact_id()
);
ALTER TABLE ONLY script_tracking.notice ALTER COLUMN notice_type SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.notice ALTER COLUMN subject SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.notice ALTER COLUMN notice_data SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.notice ALTER COLUMN record_source SET STATISTICS 0;
COMMENT ON TABLE script_tracking.notice IS 'Events that are not executions: an alert that fired, a verification that failed, capture that failed';
COMMENT ON COLUMN script_tracking.notice.notice_hk IS 'Random; with load_date the id of the event';
COMMENT ON COLUMN script_tracking.notice.load_date IS 'When the row was written';
COMMENT ON COLUMN script_tracking.notice.version_number IS 'Its place in the order of all events: from the sequence of the versions';
COMMENT ON COLUMN script_tracking.notice.notice_type IS 'alert.fired, verification.failed and others: the type of the event';
COMMENT ON COLUMN script_tracking.notice.subject IS 'What it is about, for example the name of the alert';
COMMENT ON COLUMN script_tracking.notice.tenant_hk IS 'The tenant that it concerns; NULL: the platform';
COMMENT ON COLUMN script_tracking.notice.notice_data IS 'The details, as they are sent';
COMMENT ON COLUMN script_tracking.notice.record_source IS 'The writer and the node';
COMMENT ON COLUMN script_tracking.notice.recorded_by IS 'The transaction that wrote it on this server; NULL: it came with a dump';
COMMENT ON VIEW script_tracking.event IS 'Every event: a version of an execution, or a notice; with its type and what is sent of it';
COMMENT ON COLUMN script_tracking.event.event_id IS 'Hash key in hexadecimal and load_date in microseconds';
COMMENT ON COLUMN script_tracking.event.event_type IS 'execution.failed, alert.fired, and others';
COMMENT ON COLUMN script_tracking.event.load_date IS 'When the row was written, or when what it describes became valid';
COMMENT ON COLUMN script_tracking.event.event_hk IS 'Hash key of the execution, or key of the notice';
COMMENT ON COLUMN script_tracking.event.is_notice IS 'Whether it is a notice, not a version of an execution';
COMMENT ON COLUMN script_tracking.event.version_number IS 'Increases with each version written, over all executions; from a sequence';
COMMENT ON COLUMN script_tracking.event.recorded_by IS 'The transaction that wrote the version on this server';
COMMENT ON COLUMN script_tracking.event.tenant_hk IS 'Hash key of the tenant it belongs to; NULL: the platform';
COMMENT ON COLUMN script_tracking.event.subject IS 'Name of what ran, or what the notice is about';
COMMENT ON COLUMN script_tracking.event.event_data IS 'The details, as they are sent';
CREATE TABLE script_tracking.examination (
    examination_id bigint NOT NULL,
    examination_kind character varying(20) NOT NULL,
    examined_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    db_session_user name DEFAULT SESSION_USER NOT NULL,
    is_clean boolean NOT NULL,
    details jsonb NOT NULL,
    CONSTRAINT examination_kind_known CHECK (((examination_kind)::text = ANY ((ARRAY['reconcile'::character varying, 'verify'::character varying, 'digest'::character varying])::text[])))
);
COMMENT ON TABLE script_tracking.examination IS 'When dbtrack reconcile, dbtrack verify and dbtrack digest ran, and what they found; evidence shows it';
COMMENT ON COLUMN script_tracking.examination.examination_id IS 'Number of the run';
COMMENT ON COLUMN script_tracking.examination.examination_kind IS 'reconcile, verify or digest';
COMMENT ON COLUMN script_tracking.examination.examined_at IS 'When it ended';
COMMENT ON COLUMN script_tracking.examination.db_session_user IS 'The login that ran it';
COMMENT ON COLUMN script_tracking.examination.is_clean IS 'Whether it found nothing that is wrong';
COMMENT ON COLUMN script_tracking.examination.details IS 'Its counts, as a JSON object';
ALTER TABLE script_tracking.examination ALTER COLUMN examination_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME script_tracking.examination_examination_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
COMMENT ON VIEW script_tracking.execution_bridge IS 'Bridge: one row an execution, each operation or command that it ran inside, and each object that it changed';
COMMENT ON COLUMN script_tracking.execution_bridge.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.execution_bridge.execution_load_date IS 'load_date of the execution''s current version';
COMMENT ON COLUMN script_tracking.execution_bridge.tenant_hk IS 'Hash key of the tenant it belongs to; NULL: the platform';
COMMENT ON COLUMN script_tracking.execution_bridge.parent_execution_hk IS 'Hash key of what it ran inside; NULL: nothing';
COMMENT ON COLUMN script_tracking.execution_bridge.link_type IS 'tracked: in an operation; nested: DDL in DDL';
COMMENT ON COLUMN script_tracking.execution_bridge.object_hk IS 'Hash key of the object';
COMMENT ON COLUMN script_tracking.execution_bridge.object_version_number IS 'version_number of the version in object_s';
CREATE TABLE script_tracking.execution_counter (
    tenant_hk bytea NOT NULL,
    script_type character varying(50) NOT NULL,
    execution_status character varying(20) NOT NULL,
    error_class text NOT NULL,
    executions bigint NOT NULL,
    timed bigint NOT NULL,
    duration_ms numeric NOT NULL,
    duration_histogram numeric NOT NULL,
    first_version bigint NOT NULL
);
ALTER TABLE ONLY script_tracking.execution_counter ALTER COLUMN script_type SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.execution_counter ALTER COLUMN error_class SET STATISTICS 0;
COMMENT ON TABLE script_tracking.execution_counter IS 'How often an execution ended in each way since counting began. Cleanup does not reduce it';
COMMENT ON COLUMN script_tracking.execution_counter.tenant_hk IS 'Empty: the platform''s, for administrators';
COMMENT ON COLUMN script_tracking.execution_counter.script_type IS 'MANUAL, DDL_AUTO, MAINTENANCE, MIGRATION, BACKUP, REPORTING, AUTHENTICATION or the caller''s own';
COMMENT ON COLUMN script_tracking.execution_counter.execution_status IS 'RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED';
COMMENT ON COLUMN script_tracking.execution_counter.error_class IS 'The first two characters of the SQLSTATE; unknown: it failed without one; empty: it did not fail';
COMMENT ON COLUMN script_tracking.execution_counter.executions IS 'How many';
COMMENT ON COLUMN script_tracking.execution_counter.timed IS 'How many of them have a duration';
COMMENT ON COLUMN script_tracking.execution_counter.duration_ms IS 'The sum of their durations, in milliseconds';
COMMENT ON COLUMN script_tracking.execution_counter.duration_histogram IS 'How many durations are in each bucket of duration_bounds(), 15 decimal digits a bucket';
COMMENT ON COLUMN script_tracking.execution_counter.first_version IS 'The first version that was counted here. It decides which tenants and types have a label of their own';
COMMENT ON VIEW script_tracking.execution_origin IS 'Of each execution the login, the statement, and the operation inside which it ran, with its ticket';
COMMENT ON COLUMN script_tracking.execution_origin.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.execution_origin.load_date IS 'When the row was written, or when what it describes became valid';
COMMENT ON COLUMN script_tracking.execution_origin.script_name IS 'Name of what ran';
COMMENT ON COLUMN script_tracking.execution_origin.script_type IS 'MANUAL, DDL_AUTO, MAINTENANCE, MIGRATION, BACKUP, REPORTING, AUTHENTICATION or the caller''s own';
COMMENT ON COLUMN script_tracking.execution_origin.execution_timestamp IS 'When the execution started';
COMMENT ON COLUMN script_tracking.execution_origin.db_session_user IS 'The login (session_user)';
COMMENT ON COLUMN script_tracking.execution_origin.command_tag IS 'The command, as ALTER TABLE';
COMMENT ON COLUMN script_tracking.execution_origin.sql_command IS 'The statement as sent, redacted';
COMMENT ON COLUMN script_tracking.execution_origin.ticket IS 'The ticket of the operation, or of the execution itself';
COMMENT ON COLUMN script_tracking.execution_origin.operation_hk IS 'Hash key of the operation inside which it ran; NULL: none';
COMMENT ON COLUMN script_tracking.execution_origin.operation_name IS 'The operation''s name';
COMMENT ON VIEW script_tracking.execution_period IS 'Point in time: every version of every execution; it was the current one from valid_from until before valid_until';
COMMENT ON COLUMN script_tracking.execution_period.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.execution_period.version_number IS 'Increases with each version written, over all executions; from a sequence';
COMMENT ON COLUMN script_tracking.execution_period.valid_from IS 'When this version became the current one';
COMMENT ON COLUMN script_tracking.execution_period.valid_until IS 'When a later one superseded it; infinity: the current one';
COMMENT ON COLUMN script_tracking.execution_period.tenant_hk IS 'Hash key of the tenant it belongs to; NULL: the platform';
COMMENT ON COLUMN script_tracking.execution_period.script_name IS 'Name of what ran';
COMMENT ON COLUMN script_tracking.execution_period.script_type IS 'MANUAL, DDL_AUTO, MAINTENANCE, MIGRATION, BACKUP, REPORTING, AUTHENTICATION or the caller''s own';
COMMENT ON COLUMN script_tracking.execution_period.execution_status IS 'RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED';
COMMENT ON COLUMN script_tracking.execution_period.execution_timestamp IS 'When the execution started';
COMMENT ON COLUMN script_tracking.execution_period.execution_duration_ms IS 'Whole milliseconds; the microseconds are in metadata.duration_us';
COMMENT ON COLUMN script_tracking.execution_period.db_session_user IS 'The login (session_user)';
COMMENT ON COLUMN script_tracking.execution_period.affected_objects IS 'Identities as PostgreSQL gives them, each once';
COMMENT ON COLUMN script_tracking.execution_period.sql_command IS 'The statement as sent, redacted';
COMMENT ON COLUMN script_tracking.execution_period.error_message IS 'What went wrong, redacted';
COMMENT ON COLUMN script_tracking.execution_period.metadata IS 'Attributes without a column; docs/model.md explains the keys';
COMMENT ON COLUMN script_tracking.execution_period.record_source IS 'The writer and the node: event_trigger@local:5432';
CREATE TABLE script_tracking.execution_resolution_s (
    script_execution_hk bytea NOT NULL,
    load_date timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    tenant_hk bytea,
    is_resolved boolean NOT NULL,
    reason text,
    is_of_cause boolean DEFAULT false NOT NULL,
    resolved_by character varying(63) NOT NULL,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.execution_resolution_s ALTER COLUMN reason SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.execution_resolution_s ALTER COLUMN resolved_by SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.execution_resolution_s ALTER COLUMN record_source SET STATISTICS 0;
COMMENT ON TABLE script_tracking.execution_resolution_s IS 'Satellite: which failures somebody has dealt with, one row a decision; the latest row of an execution counts';
COMMENT ON COLUMN script_tracking.execution_resolution_s.script_execution_hk IS 'The execution that failed';
COMMENT ON COLUMN script_tracking.execution_resolution_s.load_date IS 'When it was decided; valid until the next row';
COMMENT ON COLUMN script_tracking.execution_resolution_s.tenant_hk IS 'The tenant of the execution; NULL: the platform';
COMMENT ON COLUMN script_tracking.execution_resolution_s.is_resolved IS 'Whether it is dealt with; false: it is open again';
COMMENT ON COLUMN script_tracking.execution_resolution_s.reason IS 'Why, redacted; NULL where it is open again without a reason';
COMMENT ON COLUMN script_tracking.execution_resolution_s.is_of_cause IS 'Whether it was decided for all failures of its cause at once';
COMMENT ON COLUMN script_tracking.execution_resolution_s.resolved_by IS 'The login that decided it';
COMMENT ON COLUMN script_tracking.execution_resolution_s.record_source IS 'The writer and the node';
CREATE TABLE script_tracking.execution_wait_s (
    script_execution_hk bytea NOT NULL,
    started_at timestamp with time zone NOT NULL,
    seen_by character varying(10) NOT NULL,
    load_date timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    tenant_hk bytea,
    waited_ms numeric(15,3) NOT NULL,
    is_acquired boolean,
    lock_mode character varying(40) NOT NULL,
    object_identity text,
    backend_pid integer NOT NULL,
    statement text,
    holders jsonb DEFAULT '[]'::jsonb NOT NULL,
    record_source character varying(255) NOT NULL,
    CONSTRAINT execution_wait_s_seen_by CHECK (((seen_by)::text = ANY ((ARRAY['log'::character varying, 'track'::character varying])::text[]))),
    CONSTRAINT execution_wait_s_waited CHECK ((waited_ms >= (0)::numeric))
);
ALTER TABLE ONLY script_tracking.execution_wait_s ALTER COLUMN seen_by SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.execution_wait_s ALTER COLUMN lock_mode SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.execution_wait_s ALTER COLUMN object_identity SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.execution_wait_s ALTER COLUMN statement SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.execution_wait_s ALTER COLUMN holders SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.execution_wait_s ALTER COLUMN record_source SET STATISTICS 0;
COMMENT ON TABLE script_tracking.execution_wait_s IS 'Satellite: the locks that an execution waited for, as the server''s log or dbtrack track saw it; rows are only added';
COMMENT ON COLUMN script_tracking.execution_wait_s.script_execution_hk IS 'The execution that waited';
COMMENT ON COLUMN script_tracking.execution_wait_s.started_at IS 'When it began to wait';
COMMENT ON COLUMN script_tracking.execution_wait_s.seen_by IS 'log: the server''s log has it; track: dbtrack track saw it';
COMMENT ON COLUMN script_tracking.execution_wait_s.load_date IS 'When the row was written';
COMMENT ON COLUMN script_tracking.execution_wait_s.tenant_hk IS 'The tenant of the execution; NULL: the platform';
COMMENT ON COLUMN script_tracking.execution_wait_s.waited_ms IS 'How long it waited, in milliseconds';
COMMENT ON COLUMN script_tracking.execution_wait_s.is_acquired IS 'Whether it got the lock; false: it failed first; NULL: not known, it waited at least so long';
COMMENT ON COLUMN script_tracking.execution_wait_s.lock_mode IS 'The mode of the lock: AccessExclusiveLock';
COMMENT ON COLUMN script_tracking.execution_wait_s.object_identity IS 'What the lock is on: a relation by its name, else in the server''s words';
COMMENT ON COLUMN script_tracking.execution_wait_s.backend_pid IS 'The process of the server that waited';
COMMENT ON COLUMN script_tracking.execution_wait_s.statement IS 'The statement that waited, redacted';
COMMENT ON COLUMN script_tracking.execution_wait_s.holders IS 'Who held the lock: pid, and as far as known login, application, state, statement, transaction_start. Only for those who see all tenants';
COMMENT ON COLUMN script_tracking.execution_wait_s.record_source IS 'The writer and the node';
COMMENT ON VIEW script_tracking.execution_waited IS 'How long each execution waited for locks: waited_ms in all, in wait_count waits, the first since started_at';
COMMENT ON COLUMN script_tracking.execution_waited.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.execution_waited.tenant_hk IS 'The tenant of the execution; NULL: the platform';
COMMENT ON COLUMN script_tracking.execution_waited.waited_ms IS 'How long it waited for locks in all, in milliseconds';
COMMENT ON COLUMN script_tracking.execution_waited.wait_count IS 'How often it waited';
COMMENT ON COLUMN script_tracking.execution_waited.started_at IS 'When it first began to wait';
COMMENT ON VIEW script_tracking.failed_execution IS 'Executions that failed, were cancelled or abandoned, with the columns that show their cause; transaction_age: how many transaction ids ago its row was last written; recorded_by: the transaction that recorded it';
COMMENT ON COLUMN script_tracking.failed_execution.tenant_hk IS 'Hash key of the tenant it belongs to; NULL: the platform';
COMMENT ON COLUMN script_tracking.failed_execution.execution_status IS 'RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED';
COMMENT ON COLUMN script_tracking.failed_execution.execution_timestamp IS 'When the execution started';
COMMENT ON COLUMN script_tracking.failed_execution.version_number IS 'Increases with each version written, over all executions; from a sequence';
COMMENT ON COLUMN script_tracking.failed_execution.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.failed_execution.load_date IS 'When the row was written, or when what it describes became valid';
COMMENT ON COLUMN script_tracking.failed_execution.transaction_age IS 'How many transaction ids ago the version was written';
COMMENT ON COLUMN script_tracking.failed_execution.db_session_user IS 'The login (session_user)';
COMMENT ON COLUMN script_tracking.failed_execution.own_sqlstate IS 'SQLSTATE as recorded';
COMMENT ON COLUMN script_tracking.failed_execution.ended_by IS 'Signal or exit code of a command, if that says why it ended';
COMMENT ON COLUMN script_tracking.failed_execution.message IS 'The normalised message: without the names and numbers in it';
COMMENT ON COLUMN script_tracking.failed_execution.has_statement IS 'Whether its statement or command line is known';
COMMENT ON COLUMN script_tracking.failed_execution.has_hint IS 'Whether the server gave a hint';
COMMENT ON COLUMN script_tracking.failed_execution.recorded_by IS 'The transaction that wrote the version on this server';
CREATE TABLE script_tracking.first_seen (
    seen_kind character varying(20) NOT NULL,
    tenant_hk bytea NOT NULL,
    db_session_user character varying(63) NOT NULL,
    subject character varying(255) NOT NULL,
    first_at timestamp with time zone NOT NULL,
    script_execution_hk bytea NOT NULL,
    recorded_by xid8 DEFAULT pg_current_xact_id(),
    noted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT first_seen_kind_known CHECK (((seen_kind)::text = ANY ((ARRAY['login'::character varying, 'address'::character varying, 'application'::character varying, 'agent'::character varying, 'command'::character varying, 'login_command'::character varying, 'login_schema'::character varying])::text[])))
);
ALTER TABLE ONLY script_tracking.first_seen ALTER COLUMN seen_kind SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.first_seen ALTER COLUMN db_session_user SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.first_seen ALTER COLUMN subject SET STATISTICS 0;
COMMENT ON TABLE script_tracking.first_seen IS 'When each login, address, application, agent and kind of command was first recorded, for each tenant; cleanup keeps it';
COMMENT ON COLUMN script_tracking.first_seen.seen_kind IS 'login, address, application, agent, command; login_command and login_schema are pairs of a login and what it did or where';
COMMENT ON COLUMN script_tracking.first_seen.tenant_hk IS 'Hash key of the tenant; empty: the platform''s, for administrators';
COMMENT ON COLUMN script_tracking.first_seen.db_session_user IS 'The login, of a login and of a pair; otherwise empty';
COMMENT ON COLUMN script_tracking.first_seen.subject IS 'The address, application, agent, command or schema; empty: it is a login. In applications # stands for a number';
COMMENT ON COLUMN script_tracking.first_seen.first_at IS 'When the earliest execution began in which it was seen';
COMMENT ON COLUMN script_tracking.first_seen.script_execution_hk IS 'That execution, which cleanup may have removed since';
COMMENT ON COLUMN script_tracking.first_seen.recorded_by IS 'The transaction that noted it on this server';
COMMENT ON COLUMN script_tracking.first_seen.noted_at IS 'When it was noted';
CREATE TABLE script_tracking.installed_routine (
    routine_identity text NOT NULL,
    definition_hash bytea NOT NULL
);
COMMENT ON TABLE script_tracking.installed_routine IS 'What install put there; dbtrack doctor compares it with what is there';
COMMENT ON COLUMN script_tracking.installed_routine.routine_identity IS 'Schema, name and argument types';
COMMENT ON COLUMN script_tracking.installed_routine.definition_hash IS 'Hash of its definition as it was installed';
CREATE TABLE script_tracking.late_arrival (
    load_date timestamp with time zone NOT NULL,
    record_hk bytea NOT NULL,
    leaf_kind character varying(10) NOT NULL,
    arrived_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY script_tracking.late_arrival ALTER COLUMN leaf_kind SET STATISTICS 0;
COMMENT ON TABLE script_tracking.late_arrival IS 'Versions and links that logical replication brought after the seals had passed their time, until they are sealed';
COMMENT ON COLUMN script_tracking.late_arrival.load_date IS 'When the row was written, or when what it describes became valid';
COMMENT ON COLUMN script_tracking.late_arrival.record_hk IS 'Hash key of the row';
COMMENT ON COLUMN script_tracking.late_arrival.leaf_kind IS 'What the row is: a version or a link';
COMMENT ON COLUMN script_tracking.late_arrival.arrived_at IS 'When replication brought the row';
CREATE TABLE script_tracking.left_out_literal (
    object_bk text NOT NULL,
    incarnation oid DEFAULT ('script_tracking'::regnamespace)::oid NOT NULL,
    literal_hash bytea NOT NULL,
    load_date timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE ONLY script_tracking.left_out_literal ALTER COLUMN object_bk SET STATISTICS 0;
COMMENT ON TABLE script_tracking.left_out_literal IS 'The literals that were left out of the definitions of objects, as keyed hashes';
COMMENT ON COLUMN script_tracking.left_out_literal.object_bk IS 'The object: incarnation, catalog and oid, as in object_h';
COMMENT ON COLUMN script_tracking.left_out_literal.incarnation IS 'The incarnation. Until maintain has found the objects of an earlier one again, its literals are left out of every object';
COMMENT ON COLUMN script_tracking.left_out_literal.literal_hash IS 'SHA-256 over capture_secret and the literal; only the owner can read either';
COMMENT ON COLUMN script_tracking.left_out_literal.load_date IS 'When it was left out for the first time';
CREATE TABLE script_tracking.log_position (
    source_hash bytea NOT NULL,
    source_name text NOT NULL,
    log_format character varying(10) NOT NULL,
    byte_offset bigint NOT NULL,
    tail_hash bytea NOT NULL,
    execution_count bigint DEFAULT 0 NOT NULL,
    first_read_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_read_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    provider_place jsonb,
    CONSTRAINT log_position_offset CHECK ((byte_offset >= 0))
);
COMMENT ON TABLE script_tracking.log_position IS 'How far dbtrack ingest has read each log: it moves in the transaction that records what was read';
COMMENT ON COLUMN script_tracking.log_position.source_hash IS 'SHA-256 of the first entry of the log: the log keeps it when it is renamed, copied or compressed; for a log that a provider hands out, of its name there';
COMMENT ON COLUMN script_tracking.log_position.source_name IS 'What the log was called when it was last read';
COMMENT ON COLUMN script_tracking.log_position.log_format IS 'stderr, csvlog or jsonlog';
COMMENT ON COLUMN script_tracking.log_position.byte_offset IS 'What has been read, in bytes of the uncompressed log';
COMMENT ON COLUMN script_tracking.log_position.tail_hash IS 'SHA-256 of the bytes before byte_offset, up to 256: whether the log is still the one that was read';
COMMENT ON COLUMN script_tracking.log_position.execution_count IS 'How many executions were recorded from it';
COMMENT ON COLUMN script_tracking.log_position.first_read_at IS 'When the log was first read';
COMMENT ON COLUMN script_tracking.log_position.last_read_at IS 'When the log was last read';
COMMENT ON COLUMN script_tracking.log_position.provider_place IS 'For a log that a provider hands out: where to go on reading (marker or time), and the offset that this has; NULL for a file';
CREATE TABLE script_tracking.logged_entry (
    entry_hash bytea NOT NULL,
    load_date timestamp with time zone NOT NULL
);
COMMENT ON TABLE script_tracking.logged_entry IS 'Entries of server logs that were recorded, so that none is recorded twice. Kept for a year';
COMMENT ON COLUMN script_tracking.logged_entry.entry_hash IS 'SHA-256 of the entry''s session, line number and time, or of its text where the log has no such numbers; and of the statement''s place in it';
COMMENT ON COLUMN script_tracking.logged_entry.load_date IS 'When the row was written, or when what it describes became valid';
CREATE TABLE script_tracking.logged_start (
    script_execution_hk bytea NOT NULL,
    load_date timestamp with time zone NOT NULL,
    session_statement character varying(64) NOT NULL,
    execution_timestamp timestamp with time zone NOT NULL
);
COMMENT ON TABLE script_tracking.logged_start IS 'Logged executions of which only the start is known: their failure may come later in the log. Kept for a week';
COMMENT ON COLUMN script_tracking.logged_start.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.logged_start.load_date IS 'When the row was written, or when what it describes became valid';
COMMENT ON COLUMN script_tracking.logged_start.session_statement IS 'Digest of the session and its redacted statement, which the failure''s log entry has in common with the start';
COMMENT ON COLUMN script_tracking.logged_start.execution_timestamp IS 'When the execution started';
CREATE TABLE script_tracking.object_class_s (
    object_hk bytea NOT NULL,
    column_number smallint NOT NULL,
    class_name character varying(63) NOT NULL,
    load_date timestamp with time zone NOT NULL,
    hash_diff bytea NOT NULL,
    is_removed boolean NOT NULL,
    script_execution_hk bytea NOT NULL,
    tenant_hk bytea,
    object_bk text NOT NULL,
    object_type text NOT NULL,
    object_identity text NOT NULL,
    column_name name,
    db_session_user character varying(255) NOT NULL,
    reason text,
    record_source character varying(255) NOT NULL,
    recorded_by xid8 DEFAULT pg_current_xact_id()
);
ALTER TABLE ONLY script_tracking.object_class_s ALTER COLUMN class_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_class_s ALTER COLUMN object_bk SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_class_s ALTER COLUMN object_type SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_class_s ALTER COLUMN object_identity SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_class_s ALTER COLUMN column_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_class_s ALTER COLUMN db_session_user SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_class_s ALTER COLUMN reason SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_class_s ALTER COLUMN record_source SET STATISTICS 0;
COMMENT ON TABLE script_tracking.object_class_s IS 'Satellite of object_h: the classes of an object or a column. The newest row of each class says whether it has it';
COMMENT ON COLUMN script_tracking.object_class_s.object_hk IS 'The object: SHA-256 of object_bk';
COMMENT ON COLUMN script_tracking.object_class_s.column_number IS 'Number of the column, which a renaming keeps; 0: the whole object';
COMMENT ON COLUMN script_tracking.object_class_s.class_name IS 'The class: phi, pii, pci, secret, or one of the setting classes.names';
COMMENT ON COLUMN script_tracking.object_class_s.load_date IS 'When it was classified';
COMMENT ON COLUMN script_tracking.object_class_s.hash_diff IS 'SHA-256 over the object, the column, the class and is_removed';
COMMENT ON COLUMN script_tracking.object_class_s.is_removed IS 'Whether the class was taken away';
COMMENT ON COLUMN script_tracking.object_class_s.script_execution_hk IS 'The execution of the type CLASSIFICATION that says the same';
COMMENT ON COLUMN script_tracking.object_class_s.tenant_hk IS 'The tenant of the object''s schema; NULL: the platform';
COMMENT ON COLUMN script_tracking.object_class_s.object_bk IS 'Incarnation, catalog and oid, as in object_h';
COMMENT ON COLUMN script_tracking.object_class_s.object_type IS 'The type then: table, view, materialized view, foreign table';
COMMENT ON COLUMN script_tracking.object_class_s.object_identity IS 'The identity of the object then, as PostgreSQL gives it';
COMMENT ON COLUMN script_tracking.object_class_s.column_name IS 'The name of the column then; NULL: the whole object';
COMMENT ON COLUMN script_tracking.object_class_s.db_session_user IS 'The login that classified it';
COMMENT ON COLUMN script_tracking.object_class_s.reason IS 'Why, as was said, redacted; NULL: nothing was said';
COMMENT ON COLUMN script_tracking.object_class_s.record_source IS 'The writer and the node';
COMMENT ON COLUMN script_tracking.object_class_s.recorded_by IS 'The transaction that wrote the row on this server';
COMMENT ON VIEW script_tracking.object_execution_l IS 'Link: which execution changed which object';
COMMENT ON COLUMN script_tracking.object_execution_l.object_execution_hk IS 'SHA-256 of the hash keys of the object and the execution';
COMMENT ON COLUMN script_tracking.object_execution_l.object_hk IS 'The object';
COMMENT ON COLUMN script_tracking.object_execution_l.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.object_execution_l.tenant_hk IS 'Hash key of the tenant it belongs to; NULL: the platform';
COMMENT ON COLUMN script_tracking.object_execution_l.load_date IS 'When the row was written, or when what it describes became valid';
COMMENT ON COLUMN script_tracking.object_execution_l.cause IS 'As in object_s: captured, follows, baseline, maintain or reconcile';
COMMENT ON COLUMN script_tracking.object_execution_l.object_type IS 'The type, as PostgreSQL calls it';
COMMENT ON COLUMN script_tracking.object_execution_l.object_identity IS 'Its identity after the change';
COMMENT ON COLUMN script_tracking.object_execution_l.record_source IS 'The writer and the node: event_trigger@local:5432';
CREATE TABLE script_tracking.object_h (
    object_hk bytea NOT NULL,
    object_bk text NOT NULL,
    tenant_hk bytea,
    load_date timestamp with time zone NOT NULL,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.object_h ALTER COLUMN object_bk SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_h ALTER COLUMN record_source SET STATISTICS 0;
COMMENT ON TABLE script_tracking.object_h IS 'Hub: one row an object of the database. maintain fills it; object_s may know an object earlier';
COMMENT ON COLUMN script_tracking.object_h.object_hk IS 'SHA-256 of object_bk';
COMMENT ON COLUMN script_tracking.object_h.object_bk IS 'Incarnation, catalog and oid, as 16385:pg_class:16423. The incarnation is the oid of the schema script_tracking, which a restore and pg_upgrade change. An object that is renamed stays the same. In a vault, those of a source begin with its name: shop/16385:pg_class:16423';
COMMENT ON COLUMN script_tracking.object_h.tenant_hk IS 'The tenant it belonged to when it was first seen; NULL: the platform';
COMMENT ON COLUMN script_tracking.object_h.load_date IS 'The time of its first version';
COMMENT ON COLUMN script_tracking.object_h.record_source IS 'The writer and the node of its first version';
CREATE TABLE script_tracking.object_s_default (
    object_hk bytea NOT NULL,
    load_date timestamp with time zone NOT NULL,
    hash_diff bytea NOT NULL,
    version_number bigint DEFAULT nextval('script_tracking.script_execution_version_seq'::regclass) NOT NULL,
    script_execution_hk bytea NOT NULL,
    tenant_hk bytea,
    object_type text NOT NULL,
    object_identity text NOT NULL,
    cause character varying(20) NOT NULL,
    grantees name[],
    definition jsonb NOT NULL,
    object_bk text NOT NULL,
    record_source character varying(255) NOT NULL,
    recorded_by xid8 DEFAULT pg_current_xact_id()
);
ALTER TABLE ONLY script_tracking.object_s_default ALTER COLUMN object_type SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_s_default ALTER COLUMN object_identity SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_s_default ALTER COLUMN cause SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_s_default ALTER COLUMN grantees SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_s_default ALTER COLUMN definition SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_s_default ALTER COLUMN object_bk SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_s_default ALTER COLUMN record_source SET STATISTICS 0;
CREATE TABLE script_tracking.object_same_l (
    object_same_hk bytea NOT NULL,
    old_object_hk bytea NOT NULL,
    new_object_hk bytea NOT NULL,
    tenant_hk bytea,
    load_date timestamp with time zone NOT NULL,
    renumbered jsonb,
    script_execution_hk bytea NOT NULL,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.object_same_l ALTER COLUMN renumbered SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.object_same_l ALTER COLUMN record_source SET STATISTICS 0;
COMMENT ON TABLE script_tracking.object_same_l IS 'Same-as link: an object that a restore or pg_upgrade gave another oid is the one that had its type and identity before';
COMMENT ON COLUMN script_tracking.object_same_l.object_same_hk IS 'SHA-256 of old_object_hk, new_object_hk and the moment';
COMMENT ON COLUMN script_tracking.object_same_l.old_object_hk IS 'The object before: its last version there has the cause restored';
COMMENT ON COLUMN script_tracking.object_same_l.new_object_hk IS 'The object now';
COMMENT ON COLUMN script_tracking.object_same_l.tenant_hk IS 'The tenant of its schema; NULL: the platform';
COMMENT ON COLUMN script_tracking.object_same_l.load_date IS 'When maintain found it: what is older is in the history of the old one';
COMMENT ON COLUMN script_tracking.object_same_l.renumbered IS 'The parts that have another number now, each old one with the new one; NULL: maintain has not compared them yet';
COMMENT ON COLUMN script_tracking.object_same_l.script_execution_hk IS 'The run of maintain that found it; its seal covers the link';
COMMENT ON COLUMN script_tracking.object_same_l.record_source IS 'The writer and the node';
CREATE TABLE script_tracking.object_state (
    is_only boolean DEFAULT true NOT NULL,
    place jsonb DEFAULT '{}'::jsonb NOT NULL,
    sweep_step integer DEFAULT 0 NOT NULL,
    sweep_oid oid DEFAULT 0 NOT NULL,
    sweep_hk bytea DEFAULT '\x'::bytea NOT NULL,
    sweep_started_at timestamp with time zone,
    baseline_at timestamp with time zone,
    swept_at timestamp with time zone,
    hub_filled_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT object_state_is_only_check CHECK (is_only)
)
WITH (fillfactor='50');
COMMENT ON TABLE script_tracking.object_state IS 'How far maintain has compared the catalogs with the history of objects';
COMMENT ON COLUMN script_tracking.object_state.is_only IS 'Always true: there is one row';
COMMENT ON COLUMN script_tracking.object_state.place IS 'Server, database and incarnation that this is about. Elsewhere the history begins again with a baseline';
COMMENT ON COLUMN script_tracking.object_state.sweep_step IS 'Which catalog the present sweep has come to, the last step being what the record knows; 0: none is under way';
COMMENT ON COLUMN script_tracking.object_state.sweep_oid IS 'The last object of that catalog that it compared';
COMMENT ON COLUMN script_tracking.object_state.sweep_hk IS 'In the last step: the last object that it looked for';
COMMENT ON COLUMN script_tracking.object_state.sweep_started_at IS 'When the present sweep began';
COMMENT ON COLUMN script_tracking.object_state.baseline_at IS 'When every object had its first version; NULL: not yet';
COMMENT ON COLUMN script_tracking.object_state.swept_at IS 'When the last sweep that ended had begun';
COMMENT ON COLUMN script_tracking.object_state.hub_filled_until IS 'Objects with versions before this moment are in object_h';
COMMENT ON VIEW script_tracking.review IS 'The reviews that were signed: which period, by whom, and with which login; tenant_hk is NULL for one of everything';
COMMENT ON COLUMN script_tracking.review.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.review.tenant_hk IS 'Hash key of the tenant whose changes were reviewed; NULL: of all, and of the platform';
COMMENT ON COLUMN script_tracking.review.period IS 'Name of the period: 2026Q3, 2026-07';
COMMENT ON COLUMN script_tracking.review.since IS 'The first moment of the period';
COMMENT ON COLUMN script_tracking.review.until IS 'The end of the period, which is not part of it';
COMMENT ON COLUMN script_tracking.review.signed_by IS 'Who signed it, as was said';
COMMENT ON COLUMN script_tracking.review.login IS 'The login that signed it; proven, while signed_by is what was said';
COMMENT ON COLUMN script_tracking.review.signed_at IS 'When it was signed';
COMMENT ON COLUMN script_tracking.review.statement IS 'What the signer declares, redacted; NULL: nothing';
COMMENT ON COLUMN script_tracking.review.about IS 'What was reviewed: changes, or access to what is classified';
COMMENT ON COLUMN script_tracking.review.document IS 'SHA-256 of the document that was signed, in hexadecimal; NULL: none was named';
COMMENT ON VIEW script_tracking.review_exception IS 'Executions that a review explains, each with its reason; kind is NULL for all kinds; is_own: the signer made, started or approved it';
COMMENT ON COLUMN script_tracking.review_exception.review_hk IS 'Hash key of the review, an execution';
COMMENT ON COLUMN script_tracking.review_exception.tenant_hk IS 'Hash key of the tenant whose changes were reviewed; NULL: of all, and of the platform';
COMMENT ON COLUMN script_tracking.review_exception.script_execution_hk IS 'Hash key of the execution that is explained';
COMMENT ON COLUMN script_tracking.review_exception.kind IS 'The kind of exception that it explains, as no_ticket; NULL: all kinds';
COMMENT ON COLUMN script_tracking.review_exception.reason IS 'Why the change is in order, redacted';
COMMENT ON COLUMN script_tracking.review_exception.signed_by IS 'Who signed the review, as was said';
COMMENT ON COLUMN script_tracking.review_exception.signed_at IS 'When the review was signed';
COMMENT ON COLUMN script_tracking.review_exception.login IS 'The login that signed the review';
COMMENT ON COLUMN script_tracking.review_exception.is_own IS 'Whether the signer made, started or approved the change';
CREATE TABLE script_tracking.role_s (
    role_name name NOT NULL,
    load_date timestamp with time zone NOT NULL,
    hash_diff bytea NOT NULL,
    is_superuser boolean NOT NULL,
    can_login boolean NOT NULL,
    member_of name[] NOT NULL,
    is_dropped boolean NOT NULL,
    record_source character varying(255) NOT NULL
);
COMMENT ON TABLE script_tracking.role_s IS 'The roles of the server as maintain found them; event triggers do not see roles. A row is written when something differs';
COMMENT ON COLUMN script_tracking.role_s.role_name IS 'The role';
COMMENT ON COLUMN script_tracking.role_s.load_date IS 'When maintain found it so';
COMMENT ON COLUMN script_tracking.role_s.hash_diff IS 'SHA-256 over the other attributes';
COMMENT ON COLUMN script_tracking.role_s.is_superuser IS 'Whether it is a superuser';
COMMENT ON COLUMN script_tracking.role_s.can_login IS 'Whether it can log in';
COMMENT ON COLUMN script_tracking.role_s.member_of IS 'The roles whose privileges it can use as their direct member';
COMMENT ON COLUMN script_tracking.role_s.is_dropped IS 'Whether there was no such role any more';
COMMENT ON COLUMN script_tracking.role_s.record_source IS 'The writer and the node';
CREATE TABLE script_tracking.rollup_day_state (
    day_start timestamp with time zone NOT NULL,
    day_end timestamp with time zone NOT NULL,
    counted_since timestamp with time zone NOT NULL,
    CONSTRAINT rollup_day_state_order CHECK (((day_start <= counted_since) AND (counted_since < day_end)))
);
COMMENT ON TABLE script_tracking.rollup_day_state IS 'Which days rollup_day has; a day that a gap of rollup_gap touches is read from hours or rows until it is counted again';
COMMENT ON COLUMN script_tracking.rollup_day_state.day_start IS 'When the day begins, in the time zone of rollups.zone';
COMMENT ON COLUMN script_tracking.rollup_day_state.day_end IS 'When the next day begins';
COMMENT ON COLUMN script_tracking.rollup_day_state.counted_since IS 'What began from then on is counted: the whole day, if this is its start';
CREATE TABLE script_tracking.rollup_gap (
    rollup_gap_id bigint NOT NULL,
    gap_start timestamp with time zone NOT NULL,
    gap_end timestamp with time zone NOT NULL,
    CONSTRAINT rollup_gap_order CHECK ((gap_start < gap_end))
);
COMMENT ON TABLE script_tracking.rollup_gap IS 'Hours that the rollups do not hold, or no longer hold right: reports read their rows until they are counted anew';
COMMENT ON COLUMN script_tracking.rollup_gap.rollup_gap_id IS 'Number of the gap';
COMMENT ON COLUMN script_tracking.rollup_gap.gap_start IS 'Where the gap begins';
COMMENT ON COLUMN script_tracking.rollup_gap.gap_end IS 'Where the gap ends';
ALTER TABLE script_tracking.rollup_gap ALTER COLUMN rollup_gap_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME script_tracking.rollup_gap_rollup_gap_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE script_tracking.rollup_login (
    hour_start timestamp with time zone NOT NULL,
    tenant_hk bytea NOT NULL,
    db_session_user character varying(63) NOT NULL,
    ended bigint NOT NULL,
    failed bigint NOT NULL,
    timed bigint NOT NULL,
    duration_ms numeric NOT NULL,
    out_of_hours bigint NOT NULL,
    script_execution_hk bytea,
    recorded_by xid8 DEFAULT pg_current_xact_id(),
    noted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
ALTER TABLE ONLY script_tracking.rollup_login ALTER COLUMN db_session_user SET STATISTICS 0;
COMMENT ON TABLE script_tracking.rollup_login IS 'How many versions ended an execution, by the hour in which it began and by login; kept for 100 days';
COMMENT ON COLUMN script_tracking.rollup_login.hour_start IS 'When the hour begins';
COMMENT ON COLUMN script_tracking.rollup_login.tenant_hk IS 'Hash key of the tenant; empty: the platform''s, for administrators';
COMMENT ON COLUMN script_tracking.rollup_login.db_session_user IS 'The login';
COMMENT ON COLUMN script_tracking.rollup_login.ended IS 'How many ended';
COMMENT ON COLUMN script_tracking.rollup_login.failed IS 'How many of them failed, were cancelled or abandoned';
COMMENT ON COLUMN script_tracking.rollup_login.timed IS 'How many of them have a duration';
COMMENT ON COLUMN script_tracking.rollup_login.duration_ms IS 'The sum of their durations, in milliseconds';
COMMENT ON COLUMN script_tracking.rollup_login.out_of_hours IS 'How many were DDL outside evidence.hours, as it was set when they were counted';
COMMENT ON COLUMN script_tracking.rollup_login.script_execution_hk IS 'One of those outside evidence.hours';
COMMENT ON COLUMN script_tracking.rollup_login.recorded_by IS 'The transaction that first counted one outside evidence.hours; until then the one that wrote the row';
COMMENT ON COLUMN script_tracking.rollup_login.noted_at IS 'When that was';
CREATE TABLE script_tracking.rollup_tenant (
    tenant_hk bytea NOT NULL,
    level_minutes smallint NOT NULL,
    bucket_start timestamp with time zone NOT NULL,
    script_type character varying(50) NOT NULL,
    completed bigint NOT NULL,
    failed bigint NOT NULL,
    cancelled bigint NOT NULL,
    abandoned bigint NOT NULL,
    timed bigint NOT NULL,
    duration_ms numeric NOT NULL,
    longest_ms numeric,
    histogram numeric NOT NULL
);
ALTER TABLE ONLY script_tracking.rollup_tenant ALTER COLUMN script_type SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.rollup_tenant ALTER COLUMN histogram SET STATISTICS 0;
COMMENT ON TABLE script_tracking.rollup_tenant IS 'The same for each tenant, by ten minutes and by hour';
COMMENT ON COLUMN script_tracking.rollup_tenant.tenant_hk IS 'Hash key of the tenant it belongs to; NULL: the platform';
COMMENT ON COLUMN script_tracking.rollup_tenant.level_minutes IS 'How long the bucket is: 10 or 60 minutes';
COMMENT ON COLUMN script_tracking.rollup_tenant.bucket_start IS 'When the bucket begins';
COMMENT ON COLUMN script_tracking.rollup_tenant.script_type IS 'MANUAL, DDL_AUTO, MAINTENANCE, MIGRATION, BACKUP, REPORTING, AUTHENTICATION or the caller''s own';
COMMENT ON COLUMN script_tracking.rollup_tenant.completed IS 'How many COMPLETED';
COMMENT ON COLUMN script_tracking.rollup_tenant.failed IS 'How many FAILED';
COMMENT ON COLUMN script_tracking.rollup_tenant.cancelled IS 'How many CANCELLED';
COMMENT ON COLUMN script_tracking.rollup_tenant.abandoned IS 'How many ABANDONED';
COMMENT ON COLUMN script_tracking.rollup_tenant.timed IS 'How many of them have a duration';
COMMENT ON COLUMN script_tracking.rollup_tenant.duration_ms IS 'The sum of their durations, in milliseconds';
COMMENT ON COLUMN script_tracking.rollup_tenant.longest_ms IS 'The longest duration of them, in milliseconds';
COMMENT ON COLUMN script_tracking.rollup_tenant.histogram IS 'Histogram of the durations, as in rollup_total';
CREATE TABLE script_tracking.rollup_week (
    tenant_hk bytea NOT NULL,
    subject_kind character varying(10) NOT NULL,
    week_start timestamp with time zone NOT NULL,
    subject character varying(255) NOT NULL,
    ended bigint NOT NULL,
    completed bigint NOT NULL,
    timed bigint NOT NULL,
    longest_ms numeric,
    histogram numeric NOT NULL,
    percentiles numeric[] NOT NULL,
    CONSTRAINT rollup_week_kind_known CHECK (((subject_kind)::text = ANY ((ARRAY['all'::character varying, 'type'::character varying, 'name'::character varying, 'platform'::character varying])::text[])))
);
ALTER TABLE ONLY script_tracking.rollup_week ALTER COLUMN subject_kind SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.rollup_week ALTER COLUMN subject SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.rollup_week ALTER COLUMN histogram SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.rollup_week ALTER COLUMN percentiles SET STATISTICS 0;
COMMENT ON TABLE script_tracking.rollup_week IS 'Executions that have ended, counted by the week in which they began, by tenant, type and name; rollup_week_state says of which weeks';
COMMENT ON COLUMN script_tracking.rollup_week.tenant_hk IS 'Hash key of the tenant; empty: over all tenants, for administrators';
COMMENT ON COLUMN script_tracking.rollup_week.subject_kind IS 'all; type or name: those of this type or name, if all days of the week have them; platform: those of no tenant, for administrators';
COMMENT ON COLUMN script_tracking.rollup_week.week_start IS 'When the week begins';
COMMENT ON COLUMN script_tracking.rollup_week.subject IS 'The type or the name; otherwise empty';
COMMENT ON COLUMN script_tracking.rollup_week.ended IS 'How many';
COMMENT ON COLUMN script_tracking.rollup_week.completed IS 'How many of them completed';
COMMENT ON COLUMN script_tracking.rollup_week.timed IS 'How many of them have a duration';
COMMENT ON COLUMN script_tracking.rollup_week.longest_ms IS 'The longest duration, in milliseconds';
COMMENT ON COLUMN script_tracking.rollup_week.histogram IS 'Histogram of the durations, as in rollup_total';
COMMENT ON COLUMN script_tracking.rollup_week.percentiles IS 'The 50th, 95th and 99th percentile of the histogram, in milliseconds';
CREATE TABLE script_tracking.rollup_week_state (
    week_start timestamp with time zone NOT NULL,
    week_end timestamp with time zone NOT NULL,
    CONSTRAINT rollup_week_state_order CHECK ((week_start < week_end))
);
COMMENT ON TABLE script_tracking.rollup_week_state IS 'Which weeks rollup_week has: a week whose days change is read from its days until it is counted again';
COMMENT ON COLUMN script_tracking.rollup_week_state.week_start IS 'When the week begins: a Monday in the time zone of rollups.zone';
COMMENT ON COLUMN script_tracking.rollup_week_state.week_end IS 'When the next week begins';
CREATE TABLE script_tracking.schema_migration (
    migration_number integer NOT NULL,
    migration_name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    dbtrack_version text NOT NULL
);
COMMENT ON TABLE script_tracking.schema_migration IS 'The migrations of this schema that were applied, each once';
COMMENT ON COLUMN script_tracking.schema_migration.migration_number IS 'Its number';
COMMENT ON COLUMN script_tracking.schema_migration.migration_name IS 'Its name';
COMMENT ON COLUMN script_tracking.schema_migration.checksum IS 'SHA-256 of its text';
COMMENT ON COLUMN script_tracking.schema_migration.applied_at IS 'When it was applied';
COMMENT ON COLUMN script_tracking.schema_migration.dbtrack_version IS 'The version of dbtrack that applied it';
CREATE TABLE script_tracking.script_execution_h_default (
    script_execution_hk bytea NOT NULL,
    script_execution_bk character varying(320) NOT NULL,
    tenant_hk bytea,
    load_date timestamp with time zone NOT NULL,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.script_execution_h_default ALTER COLUMN script_execution_bk SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_h_default ALTER COLUMN record_source SET STATISTICS 0;
CREATE TABLE script_tracking.script_execution_parent_l_default (
    script_execution_parent_hk bytea NOT NULL,
    parent_execution_hk bytea NOT NULL,
    child_execution_hk bytea NOT NULL,
    link_type character varying(20) NOT NULL,
    tenant_hk bytea,
    load_date timestamp with time zone NOT NULL,
    record_source character varying(255) NOT NULL,
    CONSTRAINT script_execution_parent_l_type CHECK (((link_type)::text = ANY ((ARRAY['tracked'::character varying, 'nested'::character varying])::text[])))
);
ALTER TABLE ONLY script_tracking.script_execution_parent_l_default ALTER COLUMN link_type SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_parent_l_default ALTER COLUMN record_source SET STATISTICS 0;
CREATE TABLE script_tracking.script_execution_s_default (
    script_execution_hk bytea NOT NULL,
    load_date timestamp with time zone NOT NULL,
    load_end_date timestamp with time zone,
    hash_diff bytea NOT NULL,
    version_number bigint DEFAULT nextval('script_tracking.script_execution_version_seq'::regclass) NOT NULL,
    tenant_hk bytea,
    script_name character varying(255) NOT NULL,
    script_type character varying(50) NOT NULL,
    execution_status character varying(20) NOT NULL,
    execution_timestamp timestamp with time zone NOT NULL,
    execution_duration_ms bigint,
    db_session_user character varying(63) NOT NULL,
    client_ip inet,
    affected_objects text[] DEFAULT '{}'::text[] NOT NULL,
    sql_command text,
    error_message text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    record_source character varying(255) NOT NULL,
    recorded_by xid8 DEFAULT pg_current_xact_id()
);
ALTER TABLE ONLY script_tracking.script_execution_s_default ALTER COLUMN script_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s_default ALTER COLUMN script_type SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s_default ALTER COLUMN db_session_user SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s_default ALTER COLUMN client_ip SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s_default ALTER COLUMN affected_objects SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s_default ALTER COLUMN sql_command SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s_default ALTER COLUMN error_message SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s_default ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.script_execution_s_default ALTER COLUMN record_source SET STATISTICS 0;
CREATE TABLE script_tracking.seal_block (
    block_number bigint NOT NULL,
    segment_number integer NOT NULL,
    system_identifier text NOT NULL,
    timeline bigint NOT NULL,
    database_name text NOT NULL,
    server_encoding text NOT NULL,
    previous_hash bytea NOT NULL,
    root_hash bytea NOT NULL,
    leaf_count bigint NOT NULL,
    first_transaction bigint NOT NULL,
    last_transaction bigint NOT NULL,
    first_load_date timestamp with time zone NOT NULL,
    last_load_date timestamp with time zone NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    block_hash bytea NOT NULL,
    sealed_before timestamp with time zone,
    replicated_leaves bigint
);
ALTER TABLE ONLY script_tracking.seal_block ALTER COLUMN system_identifier SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.seal_block ALTER COLUMN database_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.seal_block ALTER COLUMN server_encoding SET STATISTICS 0;
COMMENT ON TABLE script_tracking.seal_block IS 'The chain of seals: the root of each block''s tree of rows, and the hash of the block before (docs/proof.md)';
COMMENT ON COLUMN script_tracking.seal_block.block_number IS 'Number of the block, from 1';
COMMENT ON COLUMN script_tracking.seal_block.segment_number IS 'Counts the servers, timelines and copies the chain went through: a restore or failover begins the next';
COMMENT ON COLUMN script_tracking.seal_block.system_identifier IS 'System identifier of the server that sealed it';
COMMENT ON COLUMN script_tracking.seal_block.timeline IS 'Timeline of the server that sealed it';
COMMENT ON COLUMN script_tracking.seal_block.database_name IS 'The database in which it was sealed';
COMMENT ON COLUMN script_tracking.seal_block.server_encoding IS 'Encoding of the database in which it was sealed';
COMMENT ON COLUMN script_tracking.seal_block.previous_hash IS 'block_hash of the block before';
COMMENT ON COLUMN script_tracking.seal_block.root_hash IS 'Root of the Merkle tree over its leaves';
COMMENT ON COLUMN script_tracking.seal_block.leaf_count IS 'How many rows it seals';
COMMENT ON COLUMN script_tracking.seal_block.first_transaction IS 'The lowest transaction that wrote its rows; it means something on this system and timeline only';
COMMENT ON COLUMN script_tracking.seal_block.last_transaction IS 'The highest transaction that wrote its rows';
COMMENT ON COLUMN script_tracking.seal_block.first_load_date IS 'The earliest load_date of its rows';
COMMENT ON COLUMN script_tracking.seal_block.last_load_date IS 'The latest load_date of its rows';
COMMENT ON COLUMN script_tracking.seal_block.sealed_at IS 'When it was sealed';
COMMENT ON COLUMN script_tracking.seal_block.block_hash IS 'SHA-256 of the header, which holds previous_hash and root_hash';
COMMENT ON COLUMN script_tracking.seal_block.sealed_before IS 'Every row with an earlier load_date is sealed by this block or one before it; NULL: the block is of format 1';
COMMENT ON COLUMN script_tracking.seal_block.replicated_leaves IS 'How many of its rows came by replication, and late';
CREATE TABLE script_tracking.seal_leaf (
    block_number bigint NOT NULL,
    leaf_index bigint NOT NULL,
    leaf_kind character varying(10) NOT NULL,
    record_hk bytea NOT NULL,
    load_date timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    leaf_hash bytea NOT NULL,
    person_salt bytea,
    person_commitment bytea,
    text_salt bytea,
    text_commitment bytea,
    erased_by bytea,
    arrived_at timestamp with time zone,
    leaf_format smallint DEFAULT 2 NOT NULL,
    CONSTRAINT seal_leaf_kind CHECK (((leaf_kind)::text = ANY ((ARRAY['version'::character varying, 'link'::character varying])::text[])))
)
PARTITION BY RANGE (load_date);
ALTER TABLE ONLY script_tracking.seal_leaf ALTER COLUMN leaf_kind SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.seal_leaf FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.seal_leaf IS 'One row a sealed version or link; it goes with the month of what it seals';
COMMENT ON COLUMN script_tracking.seal_leaf.block_number IS 'The block that it is in';
COMMENT ON COLUMN script_tracking.seal_leaf.leaf_index IS 'Its place in the block, from 0';
COMMENT ON COLUMN script_tracking.seal_leaf.leaf_kind IS 'version or link';
COMMENT ON COLUMN script_tracking.seal_leaf.record_hk IS 'The execution''s key, or the link''s';
COMMENT ON COLUMN script_tracking.seal_leaf.load_date IS 'load_date of the row that it seals';
COMMENT ON COLUMN script_tracking.seal_leaf.started_at IS 'Of a later version: load_date of the execution''s first one';
COMMENT ON COLUMN script_tracking.seal_leaf.leaf_hash IS 'SHA-256 of the leaf';
COMMENT ON COLUMN script_tracking.seal_leaf.person_salt IS '16 bytes; once a value was erased: of each value 0 and the salt, or 1 and the commitment that is left of it';
COMMENT ON COLUMN script_tracking.seal_leaf.person_commitment IS 'SHA-256 of person_salt and of who it was; without the salt nobody can try out names';
COMMENT ON COLUMN script_tracking.seal_leaf.text_salt IS 'Salt of text_commitment; NULL: erased';
COMMENT ON COLUMN script_tracking.seal_leaf.text_commitment IS 'The same for the statement, its error, objects and metadata';
COMMENT ON COLUMN script_tracking.seal_leaf.erased_by IS 'The execution of dbtrack erase that took a salt away';
COMMENT ON COLUMN script_tracking.seal_leaf.arrived_at IS 'When the row came late by replication; NULL: it was written here';
COMMENT ON COLUMN script_tracking.seal_leaf.leaf_format IS 'How the commitments are made: 1: over all values of a part at once, 2: over each value, so that one can be erased alone';
CREATE TABLE script_tracking.seal_leaf_default (
    block_number bigint NOT NULL,
    leaf_index bigint NOT NULL,
    leaf_kind character varying(10) NOT NULL,
    record_hk bytea NOT NULL,
    load_date timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    leaf_hash bytea NOT NULL,
    person_salt bytea,
    person_commitment bytea,
    text_salt bytea,
    text_commitment bytea,
    erased_by bytea,
    arrived_at timestamp with time zone,
    leaf_format smallint DEFAULT 2 NOT NULL,
    CONSTRAINT seal_leaf_kind CHECK (((leaf_kind)::text = ANY ((ARRAY['version'::character varying, 'link'::character varying])::text[])))
);
ALTER TABLE ONLY script_tracking.seal_leaf_default ALTER COLUMN leaf_kind SET STATISTICS 0;
CREATE TABLE script_tracking.seal_state (
    is_only boolean DEFAULT true NOT NULL,
    sealed_before timestamp with time zone NOT NULL,
    last_run_at timestamp with time zone,
    place jsonb NOT NULL,
    timeline bigint NOT NULL,
    CONSTRAINT seal_state_is_only_check CHECK (is_only)
);
ALTER TABLE ONLY script_tracking.seal_state ALTER COLUMN place SET STATISTICS 0;
COMMENT ON TABLE script_tracking.seal_state IS 'How far the record is sealed';
COMMENT ON COLUMN script_tracking.seal_state.is_only IS 'Always true: the table has one row';
COMMENT ON COLUMN script_tracking.seal_state.sealed_before IS 'Every row with an earlier load_date is sealed, and none can still be written';
COMMENT ON COLUMN script_tracking.seal_state.last_run_at IS 'When dbtrack last sealed';
COMMENT ON COLUMN script_tracking.seal_state.place IS 'Server, database and table of the last block; a dump carries it elsewhere';
COMMENT ON COLUMN script_tracking.seal_state.timeline IS 'Timeline of the server that sealed last';
COMMENT ON VIEW script_tracking.sealable_version IS 'The sealed parts of each version: its head, and values that can be erased';
COMMENT ON COLUMN script_tracking.sealable_version.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.sealable_version.load_date IS 'When the row was written, or when what it describes became valid';
COMMENT ON COLUMN script_tracking.sealable_version.head IS 'The sealed values of the version that are never erased, as a JSON array';
COMMENT ON COLUMN script_tracking.sealable_version.person IS 'The values that an erasure can remove, each sealed separately';
COMMENT ON COLUMN script_tracking.sealable_version.hash_diff IS 'SHA-256 over the attributes of this version';
COMMENT ON COLUMN script_tracking.sealable_version.affected_objects IS 'Identities as PostgreSQL gives them, each once';
COMMENT ON COLUMN script_tracking.sealable_version.sql_command IS 'The statement as sent, redacted';
COMMENT ON COLUMN script_tracking.sealable_version.error_message IS 'What went wrong, redacted';
COMMENT ON COLUMN script_tracking.sealable_version.metadata IS 'Attributes without a column; docs/model.md explains the keys';
CREATE TABLE script_tracking.search_block (
    search_block_id bigint NOT NULL,
    segment_start timestamp with time zone NOT NULL,
    tenant_hk bytea,
    block_start timestamp with time zone NOT NULL,
    block_end timestamp with time zone NOT NULL,
    first_execution timestamp with time zone NOT NULL,
    last_execution timestamp with time zone NOT NULL,
    versions integer NOT NULL,
    load_dates timestamp with time zone[],
    slots integer[]
);
ALTER TABLE ONLY script_tracking.search_block ALTER COLUMN load_dates SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.search_block ALTER COLUMN slots SET STATISTICS 0;
COMMENT ON TABLE script_tracking.search_block IS 'Which words and parts of words occur in a run of versions of one tenant: only hashes, and of many words each';
COMMENT ON COLUMN script_tracking.search_block.search_block_id IS 'Number of the block';
COMMENT ON COLUMN script_tracking.search_block.segment_start IS 'The segment to which it belongs';
COMMENT ON COLUMN script_tracking.search_block.tenant_hk IS 'The tenant of its versions; NULL: the platform';
COMMENT ON COLUMN script_tracking.search_block.block_start IS 'The first load_date of its versions';
COMMENT ON COLUMN script_tracking.search_block.block_end IS 'The last load_date of its versions';
COMMENT ON COLUMN script_tracking.search_block.first_execution IS 'When the first of them began';
COMMENT ON COLUMN script_tracking.search_block.last_execution IS 'When the last of them began';
COMMENT ON COLUMN script_tracking.search_block.versions IS 'How many versions it has';
COMMENT ON COLUMN script_tracking.search_block.load_dates IS 'The load_date of each; NULL: all versions from block_start to block_end are this tenant''s';
COMMENT ON COLUMN script_tracking.search_block.slots IS 'Hashes, from 0 to 262143, of its words, of three characters and of six; NULL: too many, so it is always read';
ALTER TABLE script_tracking.search_block ALTER COLUMN search_block_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME script_tracking.search_block_search_block_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE script_tracking.search_segment (
    segment_start timestamp with time zone NOT NULL,
    segment_end timestamp with time zone NOT NULL,
    first_execution timestamp with time zone,
    last_execution timestamp with time zone,
    versions bigint NOT NULL,
    CONSTRAINT search_segment_order CHECK ((segment_start < segment_end))
);
COMMENT ON TABLE script_tracking.search_segment IS 'Times whose versions are in the blocks of the search; a search reads the rows of all other times';
COMMENT ON COLUMN script_tracking.search_segment.segment_start IS 'Covers versions with a load_date from here on';
COMMENT ON COLUMN script_tracking.search_segment.segment_end IS 'and before this';
COMMENT ON COLUMN script_tracking.search_segment.first_execution IS 'When the first of their executions began';
COMMENT ON COLUMN script_tracking.search_segment.last_execution IS 'When the last of their executions began';
COMMENT ON COLUMN script_tracking.search_segment.versions IS 'How many versions there were';
CREATE TABLE script_tracking.search_state (
    is_only boolean DEFAULT true NOT NULL,
    place jsonb,
    covered_before xid8,
    covered_without xid8[] DEFAULT '{}'::xid8[] NOT NULL,
    changed_at timestamp with time zone,
    CONSTRAINT search_state_is_only_check CHECK (is_only)
);
COMMENT ON TABLE script_tracking.search_state IS 'How far the segments go: a version in one is covered if its recorded_by is below covered_before and not in covered_without, or NULL; a search reads all others';
COMMENT ON COLUMN script_tracking.search_state.is_only IS 'Always true: the table has one row';
COMMENT ON COLUMN script_tracking.search_state.place IS 'Server, database and table: elsewhere its transaction ids mean nothing; NULL: nothing was built yet';
COMMENT ON COLUMN script_tracking.search_state.covered_before IS 'No transaction from this one on is covered';
COMMENT ON COLUMN script_tracking.search_state.covered_without IS 'Nor are these, which had not ended';
COMMENT ON COLUMN script_tracking.search_state.changed_at IS 'When segments were last written or removed; whoever does that locks this row';
CREATE TABLE script_tracking.setting (
    setting_name character varying(63) NOT NULL,
    setting_value text NOT NULL,
    default_value text NOT NULL,
    allowed_values text[],
    minimum_value bigint,
    maximum_value bigint,
    description text NOT NULL,
    changed_at timestamp with time zone,
    changed_by name
);
COMMENT ON TABLE script_tracking.setting IS 'Settings: change them with script_tracking.set_setting or dbtrack settings';
COMMENT ON COLUMN script_tracking.setting.setting_name IS 'Name of the setting';
COMMENT ON COLUMN script_tracking.setting.setting_value IS 'Its value now';
COMMENT ON COLUMN script_tracking.setting.default_value IS 'Its default';
COMMENT ON COLUMN script_tracking.setting.allowed_values IS 'What it may be set to; NULL: a number';
COMMENT ON COLUMN script_tracking.setting.minimum_value IS 'The lowest number';
COMMENT ON COLUMN script_tracking.setting.maximum_value IS 'The highest number';
COMMENT ON COLUMN script_tracking.setting.description IS 'What it does';
COMMENT ON COLUMN script_tracking.setting.changed_at IS 'When it was last changed; NULL: never';
COMMENT ON COLUMN script_tracking.setting.changed_by IS 'The login that last changed it; NULL: nobody';
CREATE TABLE script_tracking.setting_s (
    setting_name character varying(63) NOT NULL,
    load_date timestamp with time zone NOT NULL,
    setting_value text,
    changed_by name NOT NULL,
    script_execution_hk bytea,
    record_source character varying(255) NOT NULL
);
COMMENT ON TABLE script_tracking.setting_s IS 'Satellite: from when on a setting had which value';
COMMENT ON COLUMN script_tracking.setting_s.setting_name IS 'The setting';
COMMENT ON COLUMN script_tracking.setting_s.load_date IS 'When it changed; true until the next row of the same setting';
COMMENT ON COLUMN script_tracking.setting_s.setting_value IS 'Its value from then on; NULL: the row of the setting was removed';
COMMENT ON COLUMN script_tracking.setting_s.changed_by IS 'The login that changed it';
COMMENT ON COLUMN script_tracking.setting_s.script_execution_hk IS 'The execution that the change is; NULL: not recorded, or the setting is new and at its default';
COMMENT ON COLUMN script_tracking.setting_s.record_source IS 'The writer and the node';
COMMENT ON VIEW script_tracking.setting_history IS 'Which value a setting had, from when to when; valid_to is NULL for the current value';
COMMENT ON COLUMN script_tracking.setting_history.setting_name IS 'Name of the setting';
COMMENT ON COLUMN script_tracking.setting_history.setting_value IS 'The value that it had';
COMMENT ON COLUMN script_tracking.setting_history.valid_from IS 'From when on it was valid';
COMMENT ON COLUMN script_tracking.setting_history.valid_to IS 'Until when it was valid; NULL: it is valid now';
COMMENT ON COLUMN script_tracking.setting_history.changed_by IS 'The login that changed it';
COMMENT ON COLUMN script_tracking.setting_history.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.setting_history.record_source IS 'The writer and the node: event_trigger@local:5432';
CREATE TABLE script_tracking.spool_receipt (
    spool_id uuid NOT NULL,
    load_date timestamp with time zone NOT NULL
);
COMMENT ON TABLE script_tracking.spool_receipt IS 'Operations recorded from the spool of a client that could not reach the database at the time';
COMMENT ON COLUMN script_tracking.spool_receipt.spool_id IS 'The client''s own id of the record: metadata.spool_id';
COMMENT ON COLUMN script_tracking.spool_receipt.load_date IS 'When the row was written, or when what it describes became valid';
CREATE TABLE script_tracking.suspension (
    suspension_id bigint NOT NULL,
    script_execution_hk bytea NOT NULL,
    suspended_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    db_session_user name DEFAULT SESSION_USER NOT NULL,
    event_triggers jsonb NOT NULL,
    resumed_at timestamp with time zone,
    resume_execution_hk bytea,
    compared_at timestamp with time zone,
    CONSTRAINT suspension_order CHECK (((resumed_at >= suspended_at) AND (expires_at > suspended_at)))
);
COMMENT ON TABLE script_tracking.suspension IS 'The times in which capture was suspended by dbtrack suspend; one is open at most';
COMMENT ON COLUMN script_tracking.suspension.suspension_id IS 'Number of the suspension';
COMMENT ON COLUMN script_tracking.suspension.script_execution_hk IS 'The execution that suspended capture';
COMMENT ON COLUMN script_tracking.suspension.suspended_at IS 'When the event triggers were removed';
COMMENT ON COLUMN script_tracking.suspension.expires_at IS 'When capture was to be resumed; later, the suspension counts as forgotten';
COMMENT ON COLUMN script_tracking.suspension.reason IS 'Why, in the words of the one who suspended it';
COMMENT ON COLUMN script_tracking.suspension.db_session_user IS 'The login that suspended it';
COMMENT ON COLUMN script_tracking.suspension.event_triggers IS 'The event triggers that were removed: name, event, function, when they fire, owner';
COMMENT ON COLUMN script_tracking.suspension.resumed_at IS 'When the event triggers were created again; null: not yet';
COMMENT ON COLUMN script_tracking.suspension.resume_execution_hk IS 'The execution that resumed capture';
COMMENT ON COLUMN script_tracking.suspension.compared_at IS 'When reconcile compared the catalogs after capture was resumed; null: not yet';
ALTER TABLE script_tracking.suspension ALTER COLUMN suspension_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME script_tracking.suspension_suspension_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE script_tracking.tenant_key (
    key_name character varying(63) NOT NULL,
    key_version integer NOT NULL,
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL,
    proves_hk bytea[],
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    created_by name DEFAULT SESSION_USER NOT NULL,
    expires_at timestamp with time zone,
    CONSTRAINT tenant_key_name CHECK (((key_name)::text ~ '^[a-z0-9_-]{1,63}$'::text))
);
ALTER TABLE ONLY script_tracking.tenant_key ALTER COLUMN key_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_key ALTER COLUMN proves_hk SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_key ALTER COLUMN created_by SET STATISTICS 0;
COMMENT ON TABLE script_tracking.tenant_key IS 'Keys with which services prove the tenant of a transaction; no role but the owner reads it, a dump holds it';
COMMENT ON COLUMN script_tracking.tenant_key.key_name IS 'Name of the key';
COMMENT ON COLUMN script_tracking.tenant_key.key_version IS 'Version of the key, from 1';
COMMENT ON COLUMN script_tracking.tenant_key.inner_pad IS 'The key, 64 bytes, exclusive-or 0x36: as HMAC takes it';
COMMENT ON COLUMN script_tracking.tenant_key.outer_pad IS 'The key, 64 bytes, exclusive-or 0x5c';
COMMENT ON COLUMN script_tracking.tenant_key.proves_hk IS 'Hash keys of the tenants that it may prove; NULL: all';
COMMENT ON COLUMN script_tracking.tenant_key.created_at IS 'When it was created';
COMMENT ON COLUMN script_tracking.tenant_key.created_by IS 'The login that created it';
COMMENT ON COLUMN script_tracking.tenant_key.expires_at IS 'From when it proves nothing; NULL: until it is dropped';
CREATE TABLE script_tracking.tenant_role_es (
    tenant_hk bytea NOT NULL,
    role_name name NOT NULL,
    load_date timestamp with time zone NOT NULL,
    is_granted boolean NOT NULL,
    is_default boolean NOT NULL,
    changed_by name NOT NULL,
    script_execution_hk bytea,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.tenant_role_es ALTER COLUMN role_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_role_es ALTER COLUMN changed_by SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_role_es ALTER COLUMN record_source SET STATISTICS 0;
COMMENT ON TABLE script_tracking.tenant_role_es IS 'Effectivity satellite: from when on a role had a tenant, and from when on it no longer had it';
COMMENT ON COLUMN script_tracking.tenant_role_es.tenant_hk IS 'Hash key of the tenant';
COMMENT ON COLUMN script_tracking.tenant_role_es.role_name IS 'The role';
COMMENT ON COLUMN script_tracking.tenant_role_es.load_date IS 'When it changed; true until the next row of the same tenant and role';
COMMENT ON COLUMN script_tracking.tenant_role_es.is_granted IS 'Whether the role has the tenant from then on';
COMMENT ON COLUMN script_tracking.tenant_role_es.is_default IS 'Whether what the role does belongs to the tenant from then on';
COMMENT ON COLUMN script_tracking.tenant_role_es.changed_by IS 'The login that changed it';
COMMENT ON COLUMN script_tracking.tenant_role_es.script_execution_hk IS 'The execution that the change is; NULL: not recorded';
COMMENT ON COLUMN script_tracking.tenant_role_es.record_source IS 'The writer and the node';
COMMENT ON VIEW script_tracking.tenant_role_history IS 'Which role had which tenant, from when to when; valid_to is NULL for a current one';
COMMENT ON COLUMN script_tracking.tenant_role_history.tenant_bk IS 'Business key of the tenant: its short name';
COMMENT ON COLUMN script_tracking.tenant_role_history.role_name IS 'The role';
COMMENT ON COLUMN script_tracking.tenant_role_history.is_default IS 'Whether the role''s work belongs to the tenant';
COMMENT ON COLUMN script_tracking.tenant_role_history.valid_from IS 'When this version became the current one';
COMMENT ON COLUMN script_tracking.tenant_role_history.valid_to IS 'Until when it was valid; NULL: it is valid now';
COMMENT ON COLUMN script_tracking.tenant_role_history.changed_by IS 'The login that changed it';
COMMENT ON COLUMN script_tracking.tenant_role_history.tenant_hk IS 'Hash key of the tenant';
COMMENT ON COLUMN script_tracking.tenant_role_history.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.tenant_role_history.record_source IS 'The writer and the node: event_trigger@local:5432';
CREATE TABLE script_tracking.tenant_role_l (
    tenant_hk bytea NOT NULL,
    role_name name NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    load_date timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.tenant_role_l ALTER COLUMN role_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_role_l ALTER COLUMN record_source SET STATISTICS 0;
COMMENT ON TABLE script_tracking.tenant_role_l IS 'Link: the roles whose members see a tenant''s records; is_default: what the role does belongs to the tenant';
COMMENT ON COLUMN script_tracking.tenant_role_l.tenant_hk IS 'Hash key of the tenant';
COMMENT ON COLUMN script_tracking.tenant_role_l.role_name IS 'The role';
COMMENT ON COLUMN script_tracking.tenant_role_l.is_default IS 'Whether the role''s work belongs to the tenant';
COMMENT ON COLUMN script_tracking.tenant_role_l.load_date IS 'When it was granted';
COMMENT ON COLUMN script_tracking.tenant_role_l.record_source IS 'The writer and the node: event_trigger@local:5432';
CREATE TABLE script_tracking.tenant_schema_es (
    schema_name name NOT NULL,
    load_date timestamp with time zone NOT NULL,
    tenant_hk bytea,
    changed_by name NOT NULL,
    script_execution_hk bytea,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.tenant_schema_es ALTER COLUMN schema_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_schema_es ALTER COLUMN changed_by SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_schema_es ALTER COLUMN record_source SET STATISTICS 0;
COMMENT ON TABLE script_tracking.tenant_schema_es IS 'Effectivity satellite: from when on a schema belonged to which tenant';
COMMENT ON COLUMN script_tracking.tenant_schema_es.schema_name IS 'The schema';
COMMENT ON COLUMN script_tracking.tenant_schema_es.load_date IS 'When it changed; true until the next row of the same schema';
COMMENT ON COLUMN script_tracking.tenant_schema_es.tenant_hk IS 'Hash key of its tenant from then on; NULL: none';
COMMENT ON COLUMN script_tracking.tenant_schema_es.changed_by IS 'The login that changed it';
COMMENT ON COLUMN script_tracking.tenant_schema_es.script_execution_hk IS 'The execution that the change is; NULL: not recorded';
COMMENT ON COLUMN script_tracking.tenant_schema_es.record_source IS 'The writer and the node';
COMMENT ON VIEW script_tracking.tenant_schema_history IS 'Which schema belonged to which tenant, from when to when; valid_to is NULL for a current one';
COMMENT ON COLUMN script_tracking.tenant_schema_history.schema_name IS 'The schema';
COMMENT ON COLUMN script_tracking.tenant_schema_history.tenant_bk IS 'Business key of the tenant: its short name';
COMMENT ON COLUMN script_tracking.tenant_schema_history.valid_from IS 'When this version became the current one';
COMMENT ON COLUMN script_tracking.tenant_schema_history.valid_to IS 'Until when it was valid; NULL: it is valid now';
COMMENT ON COLUMN script_tracking.tenant_schema_history.changed_by IS 'The login that changed it';
COMMENT ON COLUMN script_tracking.tenant_schema_history.tenant_hk IS 'Hash key of the tenant';
COMMENT ON COLUMN script_tracking.tenant_schema_history.script_execution_hk IS 'Hash key of the execution: SHA-256 of its business key';
COMMENT ON COLUMN script_tracking.tenant_schema_history.record_source IS 'The writer and the node: event_trigger@local:5432';
CREATE TABLE script_tracking.tenant_schema_l (
    schema_name name NOT NULL,
    tenant_hk bytea NOT NULL,
    load_date timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.tenant_schema_l ALTER COLUMN schema_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_schema_l ALTER COLUMN record_source SET STATISTICS 0;
COMMENT ON TABLE script_tracking.tenant_schema_l IS 'Link: DDL in this schema belongs to the tenant';
COMMENT ON COLUMN script_tracking.tenant_schema_l.schema_name IS 'The schema';
COMMENT ON COLUMN script_tracking.tenant_schema_l.tenant_hk IS 'Hash key of the tenant';
COMMENT ON COLUMN script_tracking.tenant_schema_l.load_date IS 'When it was mapped';
COMMENT ON COLUMN script_tracking.tenant_schema_l.record_source IS 'The writer and the node: event_trigger@local:5432';
CREATE TABLE script_tracking.unrecorded_removal (
    cutoff timestamp with time zone NOT NULL,
    executions bigint NOT NULL,
    months text[] NOT NULL,
    versions bigint DEFAULT 0 NOT NULL,
    versions_before timestamp with time zone
);
COMMENT ON TABLE script_tracking.unrecorded_removal IS 'What a cleanup has removed so far: written with the removal, until an execution records it';
COMMENT ON COLUMN script_tracking.unrecorded_removal.cutoff IS 'What began before this was removed';
COMMENT ON COLUMN script_tracking.unrecorded_removal.executions IS 'How many executions were removed';
COMMENT ON COLUMN script_tracking.unrecorded_removal.months IS 'The months that were dropped';
COMMENT ON COLUMN script_tracking.unrecorded_removal.versions IS 'How many versions of objects were removed';
COMMENT ON COLUMN script_tracking.unrecorded_removal.versions_before IS 'The versions that were removed are older than this; NULL: none were removed';
CREATE TABLE script_tracking.vault_block (
    source_name character varying(40) NOT NULL,
    block_number bigint NOT NULL,
    block_hash bytea NOT NULL,
    leaf_count bigint NOT NULL,
    verified_leaves bigint NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
ALTER TABLE ONLY script_tracking.vault_block ALTER COLUMN source_name SET STATISTICS 0;
COMMENT ON TABLE script_tracking.vault_block IS 'The blocks of the seals of each source, as they were when they arrived';
COMMENT ON COLUMN script_tracking.vault_block.source_name IS 'The source';
COMMENT ON COLUMN script_tracking.vault_block.block_number IS 'The number of the block there';
COMMENT ON COLUMN script_tracking.vault_block.block_hash IS 'Its hash: another one for the same number means that the seals were rewritten';
COMMENT ON COLUMN script_tracking.vault_block.leaf_count IS 'How many rows it seals';
COMMENT ON COLUMN script_tracking.vault_block.verified_leaves IS 'How many of these were compared with the rows here, and agree';
COMMENT ON COLUMN script_tracking.vault_block.sealed_at IS 'When the source sealed it';
COMMENT ON COLUMN script_tracking.vault_block.received_at IS 'When it arrived';
CREATE TABLE script_tracking.vault_finding (
    finding_id bigint NOT NULL,
    source_name character varying(40) NOT NULL,
    finding_kind character varying(20) NOT NULL,
    subject text NOT NULL,
    details text NOT NULL,
    found_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_found_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    accepted_at timestamp with time zone,
    accepted_by name,
    reason text,
    CONSTRAINT vault_finding_kind CHECK (((finding_kind)::text = ANY ((ARRAY['place'::character varying, 'fork'::character varying, 'gap'::character varying, 'foreign'::character varying, 'rewritten'::character varying, 'seal'::character varying, 'missing'::character varying, 'erasure'::character varying])::text[])))
);
ALTER TABLE ONLY script_tracking.vault_finding ALTER COLUMN source_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.vault_finding ALTER COLUMN finding_kind SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.vault_finding ALTER COLUMN subject SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.vault_finding ALTER COLUMN details SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.vault_finding ALTER COLUMN accepted_by SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.vault_finding ALTER COLUMN reason SET STATISTICS 0;
COMMENT ON TABLE script_tracking.vault_finding IS 'What does not agree in what a source pushed';
COMMENT ON COLUMN script_tracking.vault_finding.finding_id IS 'Its number';
COMMENT ON COLUMN script_tracking.vault_finding.source_name IS 'The source';
COMMENT ON COLUMN script_tracking.vault_finding.finding_kind IS 'place: another database pushes; fork, gap: the chain of events; foreign: a row of another source; rewritten: a row or a block that had arrived differs now; seal: rows do not agree with the seal; missing: a sealed row did not arrive; erasure: the source erased a person, and this database must, too';
COMMENT ON COLUMN script_tracking.vault_finding.subject IS 'The event, the block or the row';
COMMENT ON COLUMN script_tracking.vault_finding.details IS 'What was expected, and what came';
COMMENT ON COLUMN script_tracking.vault_finding.found_at IS 'When it was found';
COMMENT ON COLUMN script_tracking.vault_finding.last_found_at IS 'When it was found again';
COMMENT ON COLUMN script_tracking.vault_finding.accepted_at IS 'When somebody accepted it; NULL: it is open';
COMMENT ON COLUMN script_tracking.vault_finding.accepted_by IS 'Who that was';
COMMENT ON COLUMN script_tracking.vault_finding.reason IS 'Why';
ALTER TABLE script_tracking.vault_finding ALTER COLUMN finding_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME script_tracking.vault_finding_finding_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE script_tracking.vault_tenant (
    tenant_hk bytea NOT NULL,
    source_name character varying(40) NOT NULL,
    source_tenant_hk bytea,
    load_date timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
ALTER TABLE ONLY script_tracking.vault_tenant ALTER COLUMN source_name SET STATISTICS 0;
COMMENT ON TABLE script_tracking.vault_tenant IS 'Which tenant of this database stands for which tenant of a source';
COMMENT ON COLUMN script_tracking.vault_tenant.tenant_hk IS 'The tenant here; its key is SOURCE/TENANT, or SOURCE for rows without a tenant';
COMMENT ON COLUMN script_tracking.vault_tenant.source_name IS 'The source';
COMMENT ON COLUMN script_tracking.vault_tenant.source_tenant_hk IS 'The tenant there; NULL: rows of the platform';
COMMENT ON COLUMN script_tracking.vault_tenant.load_date IS 'When the first row of it arrived';
CREATE TABLE script_tracking.webhook_dead_letter (
    endpoint_name character varying(63) NOT NULL,
    event_id text NOT NULL,
    event_number bigint NOT NULL,
    event_type text NOT NULL,
    event jsonb NOT NULL,
    attempt_count integer NOT NULL,
    last_failure text NOT NULL,
    dead_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
ALTER TABLE ONLY script_tracking.webhook_dead_letter ALTER COLUMN endpoint_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.webhook_dead_letter ALTER COLUMN event_id SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.webhook_dead_letter ALTER COLUMN event_type SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.webhook_dead_letter ALTER COLUMN event SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.webhook_dead_letter ALTER COLUMN last_failure SET STATISTICS 0;
COMMENT ON TABLE script_tracking.webhook_dead_letter IS 'Events that a receiver refused so often that those behind them went first; dbtrack webhook replay sends them again';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.endpoint_name IS 'The webhook';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.event_id IS 'The id of the event, under which it is sent again';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.event_number IS 'Its running number';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.event_type IS 'Its type';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.event IS 'The event as it is sent';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.attempt_count IS 'How often it was tried';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.last_failure IS 'What the receiver answered last, shortened and without secrets';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.dead_at IS 'When it was given up';
CREATE TABLE script_tracking.webhook_delivery (
    endpoint_name character varying(63) NOT NULL,
    event_id text,
    attempt_count integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone,
    refused_in_row integer DEFAULT 0 NOT NULL,
    last_failure text,
    last_failure_at timestamp with time zone
)
WITH (fillfactor='50');
ALTER TABLE ONLY script_tracking.webhook_delivery ALTER COLUMN endpoint_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.webhook_delivery ALTER COLUMN event_id SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.webhook_delivery ALTER COLUMN last_failure SET STATISTICS 0;
COMMENT ON TABLE script_tracking.webhook_delivery IS 'Attempts to deliver the next event of each webhook, so that a worker that starts again keeps to the waiting time';
COMMENT ON COLUMN script_tracking.webhook_delivery.endpoint_name IS 'The webhook';
COMMENT ON COLUMN script_tracking.webhook_delivery.event_id IS 'The event that was tried and not delivered; NULL: there is none';
COMMENT ON COLUMN script_tracking.webhook_delivery.attempt_count IS 'How often it was tried';
COMMENT ON COLUMN script_tracking.webhook_delivery.next_attempt_at IS 'When it is tried again; NULL: at once';
COMMENT ON COLUMN script_tracking.webhook_delivery.refused_in_row IS 'Dead letters since the last delivery';
COMMENT ON COLUMN script_tracking.webhook_delivery.last_failure IS 'What the receiver answered last, shortened and without secrets';
COMMENT ON COLUMN script_tracking.webhook_delivery.last_failure_at IS 'When that was';
ALTER TABLE ONLY script_tracking.object_s ATTACH PARTITION script_tracking.object_s_default DEFAULT;
ALTER TABLE ONLY script_tracking.script_execution_h ATTACH PARTITION script_tracking.script_execution_h_default DEFAULT;
ALTER TABLE ONLY script_tracking.script_execution_parent_l ATTACH PARTITION script_tracking.script_execution_parent_l_default DEFAULT;
ALTER TABLE ONLY script_tracking.script_execution_s ATTACH PARTITION script_tracking.script_execution_s_default DEFAULT;
ALTER TABLE ONLY script_tracking.seal_leaf ATTACH PARTITION script_tracking.seal_leaf_default DEFAULT;
ALTER TABLE ONLY script_tracking.script_execution_s ALTER COLUMN version_number SET DEFAULT nextval('script_tracking.script_execution_version_seq'::regclass);
ALTER TABLE ONLY script_tracking.access_log
    ADD CONSTRAINT access_log_pkey PRIMARY KEY (access_id);
ALTER TABLE ONLY script_tracking.alert_cursor
    ADD CONSTRAINT alert_cursor_pkey PRIMARY KEY (is_only);
ALTER TABLE ONLY script_tracking.alert
    ADD CONSTRAINT alert_pkey PRIMARY KEY (alert_name);
ALTER TABLE ONLY script_tracking.alert_state
    ADD CONSTRAINT alert_state_pkey PRIMARY KEY (alert_name, group_name);
ALTER TABLE ONLY script_tracking.anomaly_score
    ADD CONSTRAINT anomaly_score_pkey PRIMARY KEY (hour_start, measure, subject_kind, tenant_hk, subject);
ALTER TABLE ONLY script_tracking.anomaly_state
    ADD CONSTRAINT anomaly_state_pkey PRIMARY KEY (is_only);
ALTER TABLE ONLY script_tracking.anomaly_usual
    ADD CONSTRAINT anomaly_usual_pkey PRIMARY KEY (measure, subject_kind, tenant_hk, subject);
ALTER TABLE ONLY script_tracking.api_start
    ADD CONSTRAINT api_start_pkey PRIMARY KEY (token_id, request_hash);
ALTER TABLE ONLY script_tracking.api_token
    ADD CONSTRAINT api_token_pkey PRIMARY KEY (token_id);
ALTER TABLE ONLY script_tracking.auditor
    ADD CONSTRAINT auditor_pkey PRIMARY KEY (auditor_id);
ALTER TABLE ONLY script_tracking.capture_failure
    ADD CONSTRAINT capture_failure_pkey PRIMARY KEY (capture_failure_id);
ALTER TABLE ONLY script_tracking.capture_secret
    ADD CONSTRAINT capture_secret_pkey PRIMARY KEY (is_only);
ALTER TABLE ONLY script_tracking.capture_setting
    ADD CONSTRAINT capture_setting_pkey PRIMARY KEY (is_only);
ALTER TABLE ONLY script_tracking.catalog_difference
    ADD CONSTRAINT catalog_difference_pkey PRIMARY KEY (difference_id);
ALTER TABLE ONLY script_tracking.catalog_object
    ADD CONSTRAINT catalog_object_pkey PRIMARY KEY (class_id, object_id, object_name);
ALTER TABLE ONLY script_tracking.catalog_snapshot
    ADD CONSTRAINT catalog_snapshot_pkey PRIMARY KEY (is_only);
ALTER TABLE ONLY script_tracking.counter_state
    ADD CONSTRAINT counter_state_pkey PRIMARY KEY (is_only);
ALTER TABLE ONLY script_tracking.digest_departure
    ADD CONSTRAINT digest_departure_pkey PRIMARY KEY (departure_id);
ALTER TABLE ONLY script_tracking.digest_destination
    ADD CONSTRAINT digest_destination_pkey PRIMARY KEY (destination_name);
ALTER TABLE ONLY script_tracking.event_endpoint
    ADD CONSTRAINT event_endpoint_pkey PRIMARY KEY (endpoint_name);
ALTER TABLE ONLY script_tracking.examination
    ADD CONSTRAINT examination_pkey PRIMARY KEY (examination_id);
ALTER TABLE ONLY script_tracking.execution_counter
    ADD CONSTRAINT execution_counter_pkey PRIMARY KEY (tenant_hk, script_type, execution_status, error_class);
ALTER TABLE ONLY script_tracking.execution_resolution_s
    ADD CONSTRAINT execution_resolution_s_pkey PRIMARY KEY (script_execution_hk, load_date);
ALTER TABLE ONLY script_tracking.execution_wait_s
    ADD CONSTRAINT execution_wait_s_pkey PRIMARY KEY (script_execution_hk, started_at, seen_by);
ALTER TABLE ONLY script_tracking.first_seen
    ADD CONSTRAINT first_seen_pkey PRIMARY KEY (tenant_hk, seen_kind, db_session_user, subject);
ALTER TABLE ONLY script_tracking.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (property_name);
ALTER TABLE ONLY script_tracking.installed_routine
    ADD CONSTRAINT installed_routine_pkey PRIMARY KEY (routine_identity);
ALTER TABLE ONLY script_tracking.late_arrival
    ADD CONSTRAINT late_arrival_pkey PRIMARY KEY (load_date, record_hk);
ALTER TABLE ONLY script_tracking.log_position
    ADD CONSTRAINT log_position_pkey PRIMARY KEY (source_hash);
ALTER TABLE ONLY script_tracking.logged_entry
    ADD CONSTRAINT logged_entry_pkey PRIMARY KEY (entry_hash);
ALTER TABLE ONLY script_tracking.logged_start
    ADD CONSTRAINT logged_start_pkey PRIMARY KEY (script_execution_hk);
ALTER TABLE ONLY script_tracking.logged_wait
    ADD CONSTRAINT logged_wait_pkey PRIMARY KEY (entry_hash);
ALTER TABLE ONLY script_tracking.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (load_date, notice_hk);
ALTER TABLE ONLY script_tracking.object_class_s
    ADD CONSTRAINT object_class_s_pkey PRIMARY KEY (object_hk, column_number, class_name, load_date);
ALTER TABLE ONLY script_tracking.object_h
    ADD CONSTRAINT object_h_pkey PRIMARY KEY (object_hk);
ALTER TABLE ONLY script_tracking.object_s
    ADD CONSTRAINT object_s_pkey PRIMARY KEY (object_hk, load_date, script_execution_hk);
ALTER TABLE ONLY script_tracking.object_s_default
    ADD CONSTRAINT object_s_default_pkey PRIMARY KEY (object_hk, load_date, script_execution_hk);
ALTER TABLE ONLY script_tracking.object_same_l
    ADD CONSTRAINT object_same_l_pkey PRIMARY KEY (object_same_hk);
ALTER TABLE ONLY script_tracking.object_state
    ADD CONSTRAINT object_state_pkey PRIMARY KEY (is_only);
ALTER TABLE ONLY script_tracking.open_execution
    ADD CONSTRAINT open_execution_pkey PRIMARY KEY (script_execution_hk);
ALTER TABLE ONLY script_tracking.role_s
    ADD CONSTRAINT role_s_pkey PRIMARY KEY (role_name, load_date);
ALTER TABLE ONLY script_tracking.rollup_day
    ADD CONSTRAINT rollup_day_pkey PRIMARY KEY (tenant_hk, subject_kind, day_start, subject) INCLUDE (ended);
ALTER TABLE ONLY script_tracking.rollup_day_state
    ADD CONSTRAINT rollup_day_state_pkey PRIMARY KEY (day_start);
ALTER TABLE ONLY script_tracking.rollup_error
    ADD CONSTRAINT rollup_error_pkey PRIMARY KEY (tenant_hk, level_minutes, bucket_start, cause_hash);
ALTER TABLE ONLY script_tracking.rollup_gap
    ADD CONSTRAINT rollup_gap_pkey PRIMARY KEY (rollup_gap_id);
ALTER TABLE ONLY script_tracking.rollup_login
    ADD CONSTRAINT rollup_login_pkey PRIMARY KEY (hour_start, tenant_hk, db_session_user);
ALTER TABLE ONLY script_tracking.rollup_state
    ADD CONSTRAINT rollup_state_pkey PRIMARY KEY (is_only);
ALTER TABLE ONLY script_tracking.rollup_tenant
    ADD CONSTRAINT rollup_tenant_pkey PRIMARY KEY (tenant_hk, level_minutes, bucket_start, script_type);
ALTER TABLE ONLY script_tracking.rollup_total
    ADD CONSTRAINT rollup_total_pkey PRIMARY KEY (level_minutes, bucket_start, script_type);
ALTER TABLE ONLY script_tracking.rollup_week
    ADD CONSTRAINT rollup_week_pkey PRIMARY KEY (tenant_hk, subject_kind, week_start, subject) INCLUDE (ended);
ALTER TABLE ONLY script_tracking.rollup_week_state
    ADD CONSTRAINT rollup_week_state_pkey PRIMARY KEY (week_start);
ALTER TABLE ONLY script_tracking.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (migration_number);
ALTER TABLE ONLY script_tracking.script_execution_h
    ADD CONSTRAINT script_execution_h_pkey PRIMARY KEY (script_execution_hk, load_date);
ALTER TABLE ONLY script_tracking.script_execution_h_default
    ADD CONSTRAINT script_execution_h_default_pkey PRIMARY KEY (script_execution_hk, load_date);
ALTER TABLE ONLY script_tracking.script_execution_parent_l
    ADD CONSTRAINT script_execution_parent_l_pkey PRIMARY KEY (load_date, script_execution_parent_hk);
ALTER TABLE ONLY script_tracking.script_execution_parent_l_default
    ADD CONSTRAINT script_execution_parent_l_default_pkey PRIMARY KEY (load_date, script_execution_parent_hk);
ALTER TABLE ONLY script_tracking.script_execution_s
    ADD CONSTRAINT script_execution_s_pkey PRIMARY KEY (load_date, script_execution_hk);
ALTER TABLE ONLY script_tracking.script_execution_s_default
    ADD CONSTRAINT script_execution_s_default_pkey PRIMARY KEY (load_date, script_execution_hk);
ALTER TABLE ONLY script_tracking.seal_block
    ADD CONSTRAINT seal_block_pkey PRIMARY KEY (block_number);
ALTER TABLE ONLY script_tracking.seal_leaf
    ADD CONSTRAINT seal_leaf_pkey PRIMARY KEY (load_date, record_hk);
ALTER TABLE ONLY script_tracking.seal_leaf_default
    ADD CONSTRAINT seal_leaf_default_pkey PRIMARY KEY (load_date, record_hk);
ALTER TABLE ONLY script_tracking.seal_state
    ADD CONSTRAINT seal_state_pkey PRIMARY KEY (is_only);
ALTER TABLE ONLY script_tracking.search_block
    ADD CONSTRAINT search_block_pkey PRIMARY KEY (search_block_id);
ALTER TABLE ONLY script_tracking.search_segment
    ADD CONSTRAINT search_segment_pkey PRIMARY KEY (segment_start);
ALTER TABLE ONLY script_tracking.search_state
    ADD CONSTRAINT search_state_pkey PRIMARY KEY (is_only);
ALTER TABLE ONLY script_tracking.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (setting_name);
ALTER TABLE ONLY script_tracking.setting_s
    ADD CONSTRAINT setting_s_pkey PRIMARY KEY (setting_name, load_date);
ALTER TABLE ONLY script_tracking.spool_receipt
    ADD CONSTRAINT spool_receipt_pkey PRIMARY KEY (spool_id);
ALTER TABLE ONLY script_tracking.suspension
    ADD CONSTRAINT suspension_pkey PRIMARY KEY (suspension_id);
ALTER TABLE ONLY script_tracking.tenant_h
    ADD CONSTRAINT tenant_h_pkey PRIMARY KEY (tenant_hk);
ALTER TABLE ONLY script_tracking.tenant_h
    ADD CONSTRAINT tenant_h_tenant_bk_key UNIQUE (tenant_bk);
ALTER TABLE ONLY script_tracking.tenant_key
    ADD CONSTRAINT tenant_key_pkey PRIMARY KEY (key_name, key_version);
ALTER TABLE ONLY script_tracking.tenant_role_es
    ADD CONSTRAINT tenant_role_es_pkey PRIMARY KEY (tenant_hk, role_name, load_date);
ALTER TABLE ONLY script_tracking.tenant_role_l
    ADD CONSTRAINT tenant_role_l_pkey PRIMARY KEY (tenant_hk, role_name);
ALTER TABLE ONLY script_tracking.tenant_s
    ADD CONSTRAINT tenant_s_pkey PRIMARY KEY (tenant_hk, load_date);
ALTER TABLE ONLY script_tracking.tenant_schema_es
    ADD CONSTRAINT tenant_schema_es_pkey PRIMARY KEY (schema_name, load_date);
ALTER TABLE ONLY script_tracking.tenant_schema_l
    ADD CONSTRAINT tenant_schema_l_pkey PRIMARY KEY (schema_name);
ALTER TABLE ONLY script_tracking.unrecorded_removal
    ADD CONSTRAINT unrecorded_removal_pkey PRIMARY KEY (cutoff);
ALTER TABLE ONLY script_tracking.vault_block
    ADD CONSTRAINT vault_block_pkey PRIMARY KEY (source_name, block_number);
ALTER TABLE ONLY script_tracking.vault_finding
    ADD CONSTRAINT vault_finding_pkey PRIMARY KEY (finding_id);
ALTER TABLE ONLY script_tracking.vault_source
    ADD CONSTRAINT vault_source_login UNIQUE (login_name);
ALTER TABLE ONLY script_tracking.vault_source
    ADD CONSTRAINT vault_source_pkey PRIMARY KEY (source_name);
ALTER TABLE ONLY script_tracking.vault_source
    ADD CONSTRAINT vault_source_subscription UNIQUE (subscription_name);
ALTER TABLE ONLY script_tracking.vault_source
    ADD CONSTRAINT vault_source_token UNIQUE (token_hash);
ALTER TABLE ONLY script_tracking.vault_tenant
    ADD CONSTRAINT vault_tenant_pkey PRIMARY KEY (tenant_hk);
ALTER TABLE ONLY script_tracking.vault_tenant
    ADD CONSTRAINT vault_tenant_source UNIQUE NULLS NOT DISTINCT (source_name, source_tenant_hk);
ALTER TABLE ONLY script_tracking.webhook_dead_letter
    ADD CONSTRAINT webhook_dead_letter_pkey PRIMARY KEY (endpoint_name, event_id);
ALTER TABLE ONLY script_tracking.webhook_delivery
    ADD CONSTRAINT webhook_delivery_pkey PRIMARY KEY (endpoint_name);
CREATE INDEX digest_departure_destination ON script_tracking.digest_departure USING btree (destination_name, departure_id);
CREATE INDEX examination_kind_time ON script_tracking.examination USING btree (examination_kind, examined_at);
CREATE INDEX execution_resolution_s_load_date ON script_tracking.execution_resolution_s USING btree (load_date);
CREATE INDEX execution_wait_s_started_at ON script_tracking.execution_wait_s USING btree (started_at);
CREATE INDEX first_seen_first_at ON script_tracking.first_seen USING btree (first_at);
CREATE INDEX first_seen_kind ON script_tracking.first_seen USING btree (tenant_hk, seen_kind, first_at);
CREATE INDEX first_seen_recorded_by ON script_tracking.first_seen USING btree (recorded_by);
CREATE INDEX idx_access_log_time ON script_tracking.access_log USING btree (accessed_at DESC);
CREATE INDEX idx_api_start_time ON script_tracking.api_start USING btree (started_at);
CREATE UNIQUE INDEX idx_api_token_name ON script_tracking.api_token USING btree (token_name) WHERE (revoked_at IS NULL);
CREATE UNIQUE INDEX idx_auditor_login ON script_tracking.auditor USING btree (login_name) WHERE (removed_at IS NULL);
CREATE INDEX idx_left_out_literal_incarnation ON script_tracking.left_out_literal USING btree (incarnation);
CREATE INDEX idx_left_out_literal_object ON script_tracking.left_out_literal USING btree (object_bk);
CREATE INDEX idx_notice_recorded_by ON script_tracking.notice USING btree (recorded_by, version_number) WHERE (recorded_by IS NOT NULL);
CREATE INDEX idx_object_class_s_execution ON script_tracking.object_class_s USING btree (script_execution_hk);
CREATE INDEX idx_object_s_grantees ON ONLY script_tracking.object_s USING gin (grantees) WHERE (grantees IS NOT NULL);
CREATE INDEX idx_object_s_identity ON ONLY script_tracking.object_s USING hash (object_identity);
CREATE INDEX idx_object_s_load_date ON ONLY script_tracking.object_s USING btree (load_date);
CREATE INDEX idx_object_same_l_new ON script_tracking.object_same_l USING btree (new_object_hk);
CREATE INDEX idx_object_same_l_old ON script_tracking.object_same_l USING btree (old_object_hk);
CREATE INDEX idx_script_execution_parent_l_child ON ONLY script_tracking.script_execution_parent_l USING btree (child_execution_hk);
CREATE INDEX idx_script_execution_parent_l_parent ON ONLY script_tracking.script_execution_parent_l USING btree (parent_execution_hk);
CREATE INDEX idx_script_execution_s_duration ON ONLY script_tracking.script_execution_s USING btree (execution_duration_ms) WHERE (execution_duration_ms IS NOT NULL);
CREATE INDEX idx_script_execution_s_recorded_by ON ONLY script_tracking.script_execution_s USING btree (recorded_by, version_number) WHERE (recorded_by IS NOT NULL);
CREATE INDEX idx_script_execution_s_running ON ONLY script_tracking.script_execution_s USING btree (execution_timestamp) WHERE ((load_end_date IS NULL) AND ((execution_status)::text = 'RUNNING'::text));
CREATE INDEX idx_script_execution_s_succeeded ON ONLY script_tracking.script_execution_s USING btree (script_name, execution_timestamp) WHERE ((load_end_date IS NULL) AND ((execution_status)::text = 'COMPLETED'::text) AND ((script_type)::text <> ALL ((ARRAY['DDL_AUTO'::character varying, 'DDL_LOG'::character varying])::text[])));
CREATE INDEX idx_script_execution_s_tenant_status ON ONLY script_tracking.script_execution_s USING btree (tenant_hk, execution_status) WHERE (load_end_date IS NULL);
CREATE INDEX idx_script_execution_s_tenant_timestamp ON ONLY script_tracking.script_execution_s USING btree (tenant_hk, execution_timestamp DESC) WHERE ((load_end_date IS NULL) AND (tenant_hk IS NOT NULL));
CREATE INDEX idx_script_execution_s_timestamp ON ONLY script_tracking.script_execution_s USING btree (execution_timestamp DESC);
CREATE INDEX idx_script_execution_s_type_status ON ONLY script_tracking.script_execution_s USING btree (script_type, execution_status);
CREATE INDEX idx_script_execution_s_unsuccessful ON ONLY script_tracking.script_execution_s USING btree (execution_timestamp DESC) WHERE ((load_end_date IS NULL) AND ((execution_status)::text = ANY ((ARRAY['FAILED'::character varying, 'CANCELLED'::character varying, 'ABANDONED'::character varying])::text[])));
CREATE INDEX logged_entry_load_date ON script_tracking.logged_entry USING btree (load_date);
CREATE INDEX logged_start_load_date ON script_tracking.logged_start USING btree (load_date);
CREATE INDEX logged_start_session_statement ON script_tracking.logged_start USING btree (session_statement);
CREATE INDEX logged_wait_pid ON script_tracking.logged_wait USING btree (backend_pid, logged_at);
CREATE INDEX object_s_default_grantees_idx ON script_tracking.object_s_default USING gin (grantees) WHERE (grantees IS NOT NULL);
CREATE INDEX object_s_default_load_date_idx ON script_tracking.object_s_default USING btree (load_date);
CREATE INDEX object_s_default_object_identity_idx ON script_tracking.object_s_default USING hash (object_identity);
CREATE INDEX rollup_day_tenants ON script_tracking.rollup_day USING btree (day_start) INCLUDE (tenant_hk, ended, completed, failed, timed, duration_ms) WHERE ((subject_kind)::text = 'all'::text);
CREATE INDEX rollup_error_bucket_start ON script_tracking.rollup_error USING btree (bucket_start);
CREATE INDEX rollup_login_out_of_hours ON script_tracking.rollup_login USING btree (hour_start) WHERE (out_of_hours > 0);
CREATE INDEX rollup_tenant_bucket_start ON script_tracking.rollup_tenant USING btree (bucket_start);
CREATE INDEX rollup_week_tenants ON script_tracking.rollup_week USING btree (week_start) INCLUDE (tenant_hk, ended) WHERE ((subject_kind)::text = 'all'::text);
CREATE INDEX script_execution_parent_l_default_child_execution_hk_idx ON script_tracking.script_execution_parent_l_default USING btree (child_execution_hk);
CREATE INDEX script_execution_parent_l_default_parent_execution_hk_idx ON script_tracking.script_execution_parent_l_default USING btree (parent_execution_hk);
CREATE INDEX script_execution_s_default_execution_duration_ms_idx ON script_tracking.script_execution_s_default USING btree (execution_duration_ms) WHERE (execution_duration_ms IS NOT NULL);
CREATE INDEX script_execution_s_default_execution_timestamp_idx ON script_tracking.script_execution_s_default USING btree (execution_timestamp DESC);
CREATE INDEX script_execution_s_default_execution_timestamp_idx1 ON script_tracking.script_execution_s_default USING btree (execution_timestamp DESC) WHERE ((load_end_date IS NULL) AND ((execution_status)::text = ANY ((ARRAY['FAILED'::character varying, 'CANCELLED'::character varying, 'ABANDONED'::character varying])::text[])));
CREATE INDEX script_execution_s_default_execution_timestamp_idx2 ON script_tracking.script_execution_s_default USING btree (execution_timestamp) WHERE ((load_end_date IS NULL) AND ((execution_status)::text = 'RUNNING'::text));
CREATE INDEX script_execution_s_default_recorded_by ON script_tracking.script_execution_s_default USING btree (recorded_by, version_number) WHERE (recorded_by IS NOT NULL);
CREATE INDEX script_execution_s_default_script_name_execution_timestamp_idx ON script_tracking.script_execution_s_default USING btree (script_name, execution_timestamp) WHERE ((load_end_date IS NULL) AND ((execution_status)::text = 'COMPLETED'::text) AND ((script_type)::text <> ALL ((ARRAY['DDL_AUTO'::character varying, 'DDL_LOG'::character varying])::text[])));
CREATE INDEX script_execution_s_default_script_type_execution_status_idx ON script_tracking.script_execution_s_default USING btree (script_type, execution_status);
CREATE INDEX script_execution_s_default_tenant_hk_execution_status_idx ON script_tracking.script_execution_s_default USING btree (tenant_hk, execution_status) WHERE (load_end_date IS NULL);
CREATE INDEX script_execution_s_default_tenant_hk_execution_timestamp_idx ON script_tracking.script_execution_s_default USING btree (tenant_hk, execution_timestamp DESC) WHERE ((load_end_date IS NULL) AND (tenant_hk IS NOT NULL));
CREATE INDEX search_block_segment_start ON script_tracking.search_block USING btree (segment_start);
CREATE INDEX search_block_slots ON script_tracking.search_block USING gin (slots) WITH (gin_pending_list_limit='65536');
CREATE INDEX search_block_tenant ON script_tracking.search_block USING btree (tenant_hk, last_execution) WHERE (tenant_hk IS NOT NULL);
CREATE INDEX search_block_unread ON script_tracking.search_block USING btree (segment_start) WHERE (slots IS NULL);
CREATE UNIQUE INDEX suspension_open ON script_tracking.suspension USING btree (((resumed_at IS NULL))) WHERE (resumed_at IS NULL);
CREATE UNIQUE INDEX tenant_role_l_default ON script_tracking.tenant_role_l USING btree (role_name) WHERE is_default;
CREATE UNIQUE INDEX vault_finding_open ON script_tracking.vault_finding USING btree (source_name, finding_kind, subject) WHERE (accepted_at IS NULL);
CREATE INDEX vault_source_key_id ON script_tracking.vault_source USING btree (sha256(token_hash)) WHERE (token_hash IS NOT NULL);
ALTER INDEX script_tracking.idx_object_s_grantees ATTACH PARTITION script_tracking.object_s_default_grantees_idx;
ALTER INDEX script_tracking.idx_object_s_load_date ATTACH PARTITION script_tracking.object_s_default_load_date_idx;
ALTER INDEX script_tracking.idx_object_s_identity ATTACH PARTITION script_tracking.object_s_default_object_identity_idx;
ALTER INDEX script_tracking.object_s_pkey ATTACH PARTITION script_tracking.object_s_default_pkey;
ALTER INDEX script_tracking.script_execution_h_pkey ATTACH PARTITION script_tracking.script_execution_h_default_pkey;
ALTER INDEX script_tracking.idx_script_execution_parent_l_child ATTACH PARTITION script_tracking.script_execution_parent_l_default_child_execution_hk_idx;
ALTER INDEX script_tracking.idx_script_execution_parent_l_parent ATTACH PARTITION script_tracking.script_execution_parent_l_default_parent_execution_hk_idx;
ALTER INDEX script_tracking.script_execution_parent_l_pkey ATTACH PARTITION script_tracking.script_execution_parent_l_default_pkey;
ALTER INDEX script_tracking.idx_script_execution_s_duration ATTACH PARTITION script_tracking.script_execution_s_default_execution_duration_ms_idx;
ALTER INDEX script_tracking.idx_script_execution_s_timestamp ATTACH PARTITION script_tracking.script_execution_s_default_execution_timestamp_idx;
ALTER INDEX script_tracking.idx_script_execution_s_unsuccessful ATTACH PARTITION script_tracking.script_execution_s_default_execution_timestamp_idx1;
ALTER INDEX script_tracking.idx_script_execution_s_running ATTACH PARTITION script_tracking.script_execution_s_default_execution_timestamp_idx2;
ALTER INDEX script_tracking.script_execution_s_pkey ATTACH PARTITION script_tracking.script_execution_s_default_pkey;
ALTER INDEX script_tracking.idx_script_execution_s_recorded_by ATTACH PARTITION script_tracking.script_execution_s_default_recorded_by;
ALTER INDEX script_tracking.idx_script_execution_s_succeeded ATTACH PARTITION script_tracking.script_execution_s_default_script_name_execution_timestamp_idx;
ALTER INDEX script_tracking.idx_script_execution_s_type_status ATTACH PARTITION script_tracking.script_execution_s_default_script_type_execution_status_idx;
ALTER INDEX script_tracking.idx_script_execution_s_tenant_status ATTACH PARTITION script_tracking.script_execution_s_default_tenant_hk_execution_status_idx;
ALTER INDEX script_tracking.idx_script_execution_s_tenant_timestamp ATTACH PARTITION script_tracking.script_execution_s_default_tenant_hk_execution_timestamp_idx;
ALTER INDEX script_tracking.seal_leaf_pkey ATTACH PARTITION script_tracking.seal_leaf_default_pkey;
CREATE TRIGGER arrive_execution BEFORE INSERT ON script_tracking.script_execution_h FOR EACH ROW EXECUTE FUNCTION script_tracking.arrive_execution();
ALTER TABLE script_tracking.script_execution_h ENABLE REPLICA TRIGGER arrive_execution;
CREATE TRIGGER arrive_link BEFORE INSERT ON script_tracking.script_execution_parent_l FOR EACH ROW EXECUTE FUNCTION script_tracking.arrive_link();
ALTER TABLE script_tracking.script_execution_parent_l ENABLE REPLICA TRIGGER arrive_link;
CREATE TRIGGER arrive_tenant BEFORE INSERT ON script_tracking.tenant_h FOR EACH ROW EXECUTE FUNCTION script_tracking.arrive_tenant();
ALTER TABLE script_tracking.tenant_h ENABLE REPLICA TRIGGER arrive_tenant;
CREATE TRIGGER arrive_tenant BEFORE INSERT ON script_tracking.tenant_role_l FOR EACH ROW EXECUTE FUNCTION script_tracking.arrive_tenant();
ALTER TABLE script_tracking.tenant_role_l ENABLE REPLICA TRIGGER arrive_tenant;
CREATE TRIGGER arrive_tenant BEFORE INSERT ON script_tracking.tenant_s FOR EACH ROW EXECUTE FUNCTION script_tracking.arrive_tenant();
ALTER TABLE script_tracking.tenant_s ENABLE REPLICA TRIGGER arrive_tenant;
CREATE TRIGGER arrive_tenant BEFORE INSERT ON script_tracking.tenant_schema_l FOR EACH ROW EXECUTE FUNCTION script_tracking.arrive_tenant();
ALTER TABLE script_tracking.tenant_schema_l ENABLE REPLICA TRIGGER arrive_tenant;
CREATE TRIGGER arrive_version BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.script_execution_s FOR EACH ROW EXECUTE FUNCTION script_tracking.arrive_version();
ALTER TABLE script_tracking.script_execution_s ENABLE REPLICA TRIGGER arrive_version;
CREATE TRIGGER arrive_wait BEFORE INSERT OR UPDATE ON script_tracking.execution_wait_s FOR EACH ROW EXECUTE FUNCTION script_tracking.arrive_wait();
ALTER TABLE script_tracking.execution_wait_s ENABLE REPLICA TRIGGER arrive_wait;
CREATE TRIGGER keep_capture_setting AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON script_tracking.setting FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.keep_capture_setting();
CREATE TRIGGER keep_capture_setting AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON script_tracking.tenant_h FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.keep_capture_setting();
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.access_log FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.access_log ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.alert FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.alert ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.alert_cursor FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.alert_cursor ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.alert_state FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.alert_state ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.anomaly_score FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.anomaly_score ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.anomaly_state FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.anomaly_state ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.anomaly_usual FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.anomaly_usual ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.api_start FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.api_start ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.api_token FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.api_token ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.auditor FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.auditor ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.capture_failure FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.capture_failure ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.capture_secret FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.capture_secret ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.capture_setting FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.capture_setting ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.catalog_difference FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.catalog_difference ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.catalog_object FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.catalog_object ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.catalog_snapshot FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.catalog_snapshot ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.counter_state FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.counter_state ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.digest_departure FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.digest_departure ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.digest_destination FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.digest_destination ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.event_endpoint FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.event_endpoint ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.examination FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.examination ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.execution_counter FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.execution_counter ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.execution_resolution_s FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.execution_resolution_s ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.first_seen FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.first_seen ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.installation FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.installation ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.installed_routine FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.installed_routine ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.late_arrival FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.late_arrival ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.left_out_literal FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.left_out_literal ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.log_position FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.log_position ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.logged_entry FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.logged_entry ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.logged_start FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.logged_start ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.logged_wait FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.logged_wait ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.notice FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.notice ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.object_class_s FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.object_class_s ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.object_h FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.object_h ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.object_s FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.object_s ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.object_state FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.object_state ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.open_execution FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.open_execution ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.role_s FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.role_s ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.rollup_day FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.rollup_day ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.rollup_day_state FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.rollup_day_state ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.rollup_error FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.rollup_error ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.rollup_gap FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.rollup_gap ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.rollup_login FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.rollup_login ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.rollup_state FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.rollup_state ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.rollup_tenant FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.rollup_tenant ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.rollup_total FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.rollup_total ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.rollup_week FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.rollup_week ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.rollup_week_state FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.rollup_week_state ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.schema_migration FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.schema_migration ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.seal_block FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.seal_block ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.seal_leaf FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.seal_leaf ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.seal_state FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.seal_state ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.search_block FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.search_block ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.search_segment FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.search_segment ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.search_state FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.search_state ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.setting FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.setting ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.setting_s FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.setting_s ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.spool_receipt FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.spool_receipt ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.suspension FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.suspension ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.tenant_key FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.tenant_key ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.tenant_role_es FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.tenant_role_es ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.tenant_schema_es FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.tenant_schema_es ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.unrecorded_removal FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.unrecorded_removal ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.vault_block FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.vault_block ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.vault_finding FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.vault_finding ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.vault_source FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.vault_source ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.vault_tenant FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.vault_tenant ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.webhook_dead_letter FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.webhook_dead_letter ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_local BEFORE INSERT OR DELETE OR UPDATE ON script_tracking.webhook_delivery FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_local();
ALTER TABLE script_tracking.webhook_delivery ENABLE REPLICA TRIGGER keep_local;
CREATE TRIGGER keep_replicated_setting AFTER INSERT OR DELETE OR UPDATE ON script_tracking.tenant_h FOR EACH ROW EXECUTE FUNCTION script_tracking.keep_capture_setting();
ALTER TABLE script_tracking.tenant_h ENABLE REPLICA TRIGGER keep_replicated_setting;
CREATE TRIGGER record_administration AFTER INSERT OR DELETE OR UPDATE ON script_tracking.alert FOR EACH ROW EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_administration AFTER INSERT OR DELETE OR UPDATE ON script_tracking.api_token FOR EACH ROW EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_administration AFTER INSERT OR DELETE OR UPDATE ON script_tracking.auditor FOR EACH ROW EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_administration AFTER INSERT OR DELETE OR UPDATE ON script_tracking.execution_resolution_s FOR EACH ROW EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_administration AFTER INSERT OR DELETE OR UPDATE ON script_tracking.installation FOR EACH ROW EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_administration AFTER INSERT OR DELETE OR UPDATE ON script_tracking.setting FOR EACH ROW EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_administration AFTER DELETE OR UPDATE ON script_tracking.tenant_h FOR EACH ROW EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_administration AFTER INSERT OR DELETE OR UPDATE ON script_tracking.tenant_key FOR EACH ROW EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_administration AFTER INSERT OR DELETE OR UPDATE ON script_tracking.tenant_role_l FOR EACH ROW EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_administration AFTER INSERT OR DELETE OR UPDATE ON script_tracking.tenant_s FOR EACH ROW EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_administration AFTER INSERT OR DELETE OR UPDATE ON script_tracking.tenant_schema_l FOR EACH ROW EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_truncation BEFORE TRUNCATE ON script_tracking.alert FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_truncation BEFORE TRUNCATE ON script_tracking.api_token FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_truncation BEFORE TRUNCATE ON script_tracking.auditor FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_truncation BEFORE TRUNCATE ON script_tracking.execution_resolution_s FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_truncation BEFORE TRUNCATE ON script_tracking.installation FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_truncation BEFORE TRUNCATE ON script_tracking.setting FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_truncation BEFORE TRUNCATE ON script_tracking.tenant_key FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_truncation BEFORE TRUNCATE ON script_tracking.tenant_role_l FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_truncation BEFORE TRUNCATE ON script_tracking.tenant_s FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.record_administration();
CREATE TRIGGER record_truncation BEFORE TRUNCATE ON script_tracking.tenant_schema_l FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.record_administration();
ALTER TABLE ONLY script_tracking.alert_state
    ADD CONSTRAINT alert_state_alert_name_fkey FOREIGN KEY (alert_name) REFERENCES script_tracking.alert(alert_name) ON DELETE CASCADE;
ALTER TABLE ONLY script_tracking.tenant_role_l
    ADD CONSTRAINT tenant_role_l_tenant_hk_fkey FOREIGN KEY (tenant_hk) REFERENCES script_tracking.tenant_h(tenant_hk);
ALTER TABLE ONLY script_tracking.tenant_s
    ADD CONSTRAINT tenant_s_tenant_hk_fkey FOREIGN KEY (tenant_hk) REFERENCES script_tracking.tenant_h(tenant_hk);
ALTER TABLE ONLY script_tracking.tenant_schema_l
    ADD CONSTRAINT tenant_schema_l_tenant_hk_fkey FOREIGN KEY (tenant_hk) REFERENCES script_tracking.tenant_h(tenant_hk);
ALTER TABLE ONLY script_tracking.vault_block
    ADD CONSTRAINT vault_block_source_name_fkey FOREIGN KEY (source_name) REFERENCES script_tracking.vault_source(source_name);
ALTER TABLE ONLY script_tracking.vault_finding
    ADD CONSTRAINT vault_finding_source_name_fkey FOREIGN KEY (source_name) REFERENCES script_tracking.vault_source(source_name);
ALTER TABLE ONLY script_tracking.vault_tenant
    ADD CONSTRAINT vault_tenant_source_name_fkey FOREIGN KEY (source_name) REFERENCES script_tracking.vault_source(source_name);
ALTER TABLE ONLY script_tracking.vault_tenant
    ADD CONSTRAINT vault_tenant_tenant_hk_fkey FOREIGN KEY (tenant_hk) REFERENCES script_tracking.tenant_h(tenant_hk);
ALTER TABLE ONLY script_tracking.webhook_dead_letter
    ADD CONSTRAINT webhook_dead_letter_endpoint FOREIGN KEY (endpoint_name) REFERENCES script_tracking.event_endpoint(endpoint_name) ON DELETE CASCADE;
ALTER TABLE ONLY script_tracking.webhook_delivery
    ADD CONSTRAINT webhook_delivery_endpoint FOREIGN KEY (endpoint_name) REFERENCES script_tracking.event_endpoint(endpoint_name) ON DELETE CASCADE;
ALTER TABLE script_tracking.access_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY admin_policy ON script_tracking.access_log FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.alert FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.alert_state FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.anomaly_score FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.anomaly_usual FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.auditor FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.capture_failure FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.digest_departure FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.event_endpoint FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.execution_counter FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.execution_resolution_s FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.execution_wait_s FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.first_seen FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.late_arrival FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.logged_wait FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.notice FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.object_class_s FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.object_h FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.object_s FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.object_same_l FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.open_execution FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.rollup_day FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.rollup_error FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.rollup_login FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.rollup_tenant FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.rollup_total FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.rollup_week FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.script_execution_h FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.script_execution_parent_l FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.script_execution_s FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.seal_block FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.seal_leaf FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.seal_state FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.search_block FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.tenant_h FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.tenant_role_es FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.tenant_role_l FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.tenant_s FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.tenant_schema_es FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.tenant_schema_l FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.vault_block FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.vault_finding FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.vault_tenant FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.webhook_dead_letter FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.webhook_delivery FOR SELECT TO dbtrack_admin USING (true);
ALTER TABLE script_tracking.alert ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.alert_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.anomaly_score ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.anomaly_usual ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.api_start ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.api_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.auditor ENABLE ROW LEVEL SECURITY;
CREATE POLICY auditor_policy ON script_tracking.access_log FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR ((db_session_user = SESSION_USER) AND is_granted)));
CREATE POLICY auditor_policy ON script_tracking.alert FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.alert_state FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.anomaly_score FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.anomaly_usual FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.capture_failure FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all));
CREATE POLICY auditor_policy ON script_tracking.digest_departure FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.auditor_verifies() AS auditor_verifies));
CREATE POLICY auditor_policy ON script_tracking.execution_counter FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.execution_resolution_s FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.execution_wait_s FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.first_seen FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.late_arrival FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.auditor_verifies() AS auditor_verifies));
CREATE POLICY auditor_policy ON script_tracking.notice FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.object_class_s FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.object_h FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.object_s FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.object_same_l FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.rollup_day FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.rollup_error FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.rollup_login FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.rollup_tenant FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.rollup_total FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all));
CREATE POLICY auditor_policy ON script_tracking.rollup_week FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.script_execution_h FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.script_execution_parent_l FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.script_execution_s FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.seal_block FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.auditor_verifies() AS auditor_verifies));
CREATE POLICY auditor_policy ON script_tracking.seal_leaf FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.auditor_verifies() AS auditor_verifies));
CREATE POLICY auditor_policy ON script_tracking.seal_state FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.auditor_verifies() AS auditor_verifies));
CREATE POLICY auditor_policy ON script_tracking.search_block FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.tenant_h FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.tenant_role_es FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.tenant_role_l FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.tenant_s FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.tenant_schema_es FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.tenant_schema_l FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
CREATE POLICY auditor_policy ON script_tracking.vault_tenant FOR SELECT TO dbtrack_auditor USING ((( SELECT script_tracking.auditor_sees_all() AS auditor_sees_all) OR (tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[]))));
ALTER TABLE script_tracking.capture_failure ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.capture_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.digest_departure ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.event_endpoint ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.execution_counter ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.execution_resolution_s ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.execution_wait_s ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.first_seen ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.late_arrival ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.left_out_literal ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.logged_wait ENABLE ROW LEVEL SECURITY;
CREATE POLICY noted_policy ON script_tracking.access_log AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('access_log'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.alert AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('alert'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.alert_state AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('alert_state'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.anomaly_score AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('anomaly_score'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.anomaly_usual AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('anomaly_usual'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.capture_failure AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('capture_failure'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.digest_departure AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('digest_departure'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.execution_counter AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('execution_counter'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.execution_resolution_s AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('execution_resolution_s'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.execution_wait_s AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('execution_wait_s'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.first_seen AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('first_seen'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.late_arrival AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('late_arrival'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.notice AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('notice'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.object_class_s AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('object_class_s'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.object_h AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('object_h'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.object_s AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('object_s'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.object_same_l AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('object_same_l'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.rollup_day AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('rollup_day'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.rollup_error AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('rollup_error'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.rollup_login AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('rollup_login'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.rollup_tenant AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('rollup_tenant'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.rollup_total AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('rollup_total'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.rollup_week AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('rollup_week'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.script_execution_h AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('script_execution_h'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.script_execution_parent_l AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('script_execution_parent_l'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.script_execution_s AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('script_execution_s'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.seal_block AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('seal_block'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.seal_leaf AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('seal_leaf'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.seal_state AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('seal_state'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.search_block AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('search_block'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.tenant_h AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('tenant_h'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.tenant_role_es AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('tenant_role_es'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.tenant_role_l AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('tenant_role_l'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.tenant_s AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('tenant_s'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.tenant_schema_es AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('tenant_schema_es'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.tenant_schema_l AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('tenant_schema_l'::text) AS note_auditor));
CREATE POLICY noted_policy ON script_tracking.vault_tenant AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (( SELECT script_tracking.note_auditor('vault_tenant'::text) AS note_auditor));
ALTER TABLE script_tracking.notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.object_class_s ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.object_h ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.object_s ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.object_s_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.object_same_l ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.open_execution ENABLE ROW LEVEL SECURITY;
CREATE POLICY operator_policy ON script_tracking.access_log FOR SELECT TO dbtrack_operator USING (((db_session_user = SESSION_USER) AND is_granted));
CREATE POLICY operator_policy ON script_tracking.alert FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.alert_state FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.anomaly_score FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.anomaly_usual FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.execution_counter FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.execution_resolution_s FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.execution_wait_s FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.first_seen FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.notice FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.object_class_s FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.object_h FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.object_s FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.object_same_l FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.rollup_day FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.rollup_error FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.rollup_login FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.rollup_tenant FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.rollup_week FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.script_execution_h FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.script_execution_parent_l FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.script_execution_s FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.search_block FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.tenant_h FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.tenant_role_es FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.tenant_role_l FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.tenant_s FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.tenant_schema_es FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.tenant_schema_l FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.vault_tenant FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY owner_policy ON script_tracking.access_log TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.alert TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.alert_state TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.anomaly_score TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.anomaly_usual TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.api_start TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.api_token TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.auditor TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.capture_failure TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.capture_secret TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.digest_departure TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.event_endpoint TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.execution_counter TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.execution_resolution_s TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.execution_wait_s TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.first_seen TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.late_arrival TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.left_out_literal TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.logged_wait TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.notice TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.object_class_s TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.object_h TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.object_s TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.object_same_l TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.open_execution TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.rollup_day TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.rollup_error TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.rollup_login TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.rollup_tenant TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.rollup_total TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.rollup_week TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.script_execution_h TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.script_execution_parent_l TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.script_execution_s TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.seal_block TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.seal_leaf TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.seal_state TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.search_block TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_h TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_key TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_role_es TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_role_l TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_s TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_schema_es TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_schema_l TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.vault_block TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.vault_finding TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.vault_source TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.vault_tenant TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.webhook_dead_letter TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.webhook_delivery TO dbtrack_owner USING (true);
CREATE POLICY proven_policy ON script_tracking.access_log AS RESTRICTIVE FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all('{admin}'::text[]) AS token_sees_all));
CREATE POLICY reader_policy ON script_tracking.access_log FOR SELECT TO dbtrack_reader USING (((db_session_user = SESSION_USER) AND is_granted));
CREATE POLICY reader_policy ON script_tracking.alert FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.alert_state FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.anomaly_score FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.anomaly_usual FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.execution_counter FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.execution_resolution_s FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.execution_wait_s FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.first_seen FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.notice FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.object_class_s FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.object_h FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.object_s FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.object_same_l FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.rollup_day FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.rollup_error FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.rollup_login FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.rollup_tenant FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.rollup_week FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.script_execution_h FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.script_execution_parent_l FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.script_execution_s FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.search_block FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.tenant_h FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.tenant_role_es FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.tenant_role_l FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.tenant_s FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.tenant_schema_es FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.tenant_schema_l FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.vault_tenant FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
ALTER TABLE script_tracking.rollup_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.rollup_error ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.rollup_login ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.rollup_tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.rollup_total ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.rollup_week ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_h ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_h_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_parent_l ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_parent_l_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_s ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_s_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.seal_block ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.seal_leaf ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.seal_leaf_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.seal_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.search_block ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_h ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_role_es ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_role_l ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_s ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_schema_es ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_schema_l ENABLE ROW LEVEL SECURITY;
CREATE POLICY timed_policy ON script_tracking.access_log AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.alert AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.alert_state AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.anomaly_score AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.anomaly_usual AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.capture_failure AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.digest_departure AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.execution_counter AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.execution_resolution_s AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.execution_wait_s AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.first_seen AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.late_arrival AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.notice AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.object_class_s AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.object_h AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.object_s AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.object_same_l AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.rollup_day AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.rollup_error AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.rollup_login AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.rollup_tenant AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.rollup_total AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.rollup_week AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.script_execution_h AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.script_execution_parent_l AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.script_execution_s AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.seal_block AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.seal_leaf AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.seal_state AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.search_block AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.tenant_h AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.tenant_role_es AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.tenant_role_l AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.tenant_s AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.tenant_schema_es AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.tenant_schema_l AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY timed_policy ON script_tracking.vault_tenant AS RESTRICTIVE FOR SELECT TO dbtrack_auditor USING (
CASE
    WHEN (clock_timestamp() < ( SELECT script_tracking.auditor_end() AS auditor_end)) THEN true
    ELSE script_tracking.refuse_late_auditor()
END);
CREATE POLICY token_policy ON script_tracking.access_log FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all('{admin}'::text[]) AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.alert FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.alert_state FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.anomaly_score FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.anomaly_usual FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.execution_counter FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.execution_resolution_s FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.execution_wait_s FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.first_seen FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.notice FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.object_class_s FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.object_h FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.object_s FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.object_same_l FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.rollup_day FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.rollup_error FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.rollup_login FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.rollup_tenant FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.rollup_total FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.rollup_week FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.script_execution_h FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.script_execution_parent_l FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.script_execution_s FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.search_block FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.tenant_h FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.tenant_role_es FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.tenant_role_l FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.tenant_s FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.tenant_schema_es FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.tenant_schema_l FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
CREATE POLICY token_policy ON script_tracking.vault_tenant FOR SELECT TO dbtrack_api USING (( SELECT script_tracking.token_sees_all() AS token_sees_all));
ALTER TABLE script_tracking.vault_block ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.vault_finding ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.vault_source ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.vault_tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.webhook_dead_letter ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.webhook_delivery ENABLE ROW LEVEL SECURITY;
