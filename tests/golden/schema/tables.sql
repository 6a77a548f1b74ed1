SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE script_tracking.rollup_state (
    is_only boolean DEFAULT true NOT NULL,
    place jsonb NOT NULL,
    counted_before xid8 NOT NULL,
    load_floor timestamp with time zone NOT NULL,
    next_counted_before xid8,
    next_load_floor timestamp with time zone,
    fine_since timestamp with time zone NOT NULL,
    advanced_at timestamp with time zone NOT NULL,
    CONSTRAINT rollup_state_is_only_check CHECK (is_only)
);
COMMENT ON TABLE script_tracking.rollup_state IS 'How far the rollups go: a version is in them if its load_date is below load_floor or its transaction below counted_before; all others are read from the rows';
COMMENT ON COLUMN script_tracking.rollup_state.place IS 'Server, database and table: elsewhere its transaction ids mean nothing';
COMMENT ON COLUMN script_tracking.rollup_state.counted_before IS 'Every transaction below has ended';
COMMENT ON COLUMN script_tracking.rollup_state.load_floor IS 'No transaction from counted_before on writes a version with a load_date below this';
COMMENT ON COLUMN script_tracking.rollup_state.next_counted_before IS 'Once all transactions below this have ended, next_load_floor may be the floor';
COMMENT ON COLUMN script_tracking.rollup_state.fine_since IS 'The buckets below an hour begin here';
CREATE TABLE script_tracking.installation (
    property_name character varying(63) NOT NULL,
    property_value text NOT NULL
);
COMMENT ON TABLE script_tracking.installation IS 'What is installed: versions, roles; and the rows that periodic work locks';
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
    attributes jsonb NOT NULL
);
COMMENT ON TABLE script_tracking.catalog_object IS 'The last snapshot of the catalogs: one row an object, with hashes of what defines it';
COMMENT ON COLUMN script_tracking.catalog_object.object_name IS 'Of what has no oid, a setting; else empty';
COMMENT ON COLUMN script_tracking.catalog_object.definition_hash IS 'Salted SHA-256 over the catalog rows that define it, by oid: renaming a type does not change its columns';
COMMENT ON COLUMN script_tracking.catalog_object.depends_on IS 'What it is a part of, each as class_id:object_id: a DDL that names that explains a change of this';
COMMENT ON COLUMN script_tracking.catalog_object.attributes IS 'What people are shown of it, before and after';
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
    record_source character varying(255) NOT NULL
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
COMMENT ON COLUMN script_tracking.script_execution_s.load_end_date IS 'When a later version superseded this one';
COMMENT ON COLUMN script_tracking.script_execution_s.hash_diff IS 'SHA-256 over the attributes of this version';
COMMENT ON COLUMN script_tracking.script_execution_s.execution_timestamp IS 'When the execution started';
COMMENT ON COLUMN script_tracking.script_execution_s.execution_duration_ms IS 'Whole milliseconds; the microseconds stand in metadata.duration_us';
COMMENT ON COLUMN script_tracking.script_execution_s.db_session_user IS 'The login; metadata.role is the acting role';
COMMENT ON COLUMN script_tracking.script_execution_s.affected_objects IS 'Identities as PostgreSQL gives them, each once';
COMMENT ON COLUMN script_tracking.script_execution_s.sql_command IS 'The statement as sent, redacted';
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
ALTER TABLE ONLY script_tracking.rollup_error FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.rollup_error IS 'What failed, was cancelled or abandoned, by cause and by when it began; 100 causes a tenant and bucket, then others';
COMMENT ON COLUMN script_tracking.rollup_error.tenant_hk IS 'Empty: over all tenants, for administrators';
COMMENT ON COLUMN script_tracking.rollup_error.own_sqlstate IS 'As recorded, not taken from others of the same message';
COMMENT ON COLUMN script_tracking.rollup_error.message IS 'The normalised message; NULL: causes beyond the 100';
COMMENT ON COLUMN script_tracking.rollup_error.has_statement IS 'Whether the last one, and all of them, have a statement';
COMMENT ON COLUMN script_tracking.rollup_error.has_hint IS 'Whether the last one, and all of them, have a hint';
COMMENT ON COLUMN script_tracking.rollup_error.last_load_date IS 'With last_execution_hk: the version that began last';
COMMENT ON COLUMN script_tracking.rollup_error.users IS 'Their logins: the first 20';
COMMENT ON COLUMN script_tracking.rollup_error.tenants IS 'Their tenants: the first 20 by key';
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
COMMENT ON COLUMN script_tracking.catalog_snapshot.records_since IS 'The start of the oldest transaction then open: what it records later has a load_date after this';
COMMENT ON COLUMN script_tracking.catalog_snapshot.transactions IS 'The transactions whose changes the snapshot holds';
COMMENT ON COLUMN script_tracking.catalog_snapshot.place IS 'Server, database and table it was taken in; a dump carries it elsewhere';
COMMENT ON COLUMN script_tracking.catalog_snapshot.unreadable IS 'What the owner''s rights did not let it see';
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
ALTER TABLE ONLY script_tracking.rollup_total FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.rollup_total IS 'Executions that have ended, counted by when they began: over all tenants, for administrators';
COMMENT ON COLUMN script_tracking.rollup_total.level_minutes IS 'How long the bucket is: 1, 10 or 60 minutes';
COMMENT ON COLUMN script_tracking.rollup_total.timed IS 'How many of them have a duration';
COMMENT ON COLUMN script_tracking.rollup_total.duration_ms IS 'The sum of their durations, in milliseconds';
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
ALTER TABLE ONLY script_tracking.open_execution FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.open_execution IS 'The executions whose current version is RUNNING';
COMMENT ON COLUMN script_tracking.open_execution.load_date IS 'load_date of the RUNNING version';
COMMENT ON COLUMN script_tracking.open_execution.is_bound IS 'It lives no longer than the connection that opened it: without that, it is ABANDONED';
COMMENT ON COLUMN script_tracking.open_execution.statement_start IS 'Of a captured statement that commits part-way: when its statement began, which names it within its session';
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
ALTER TABLE ONLY script_tracking.access_log FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.access_log IS 'Who read other people''s records through which report, granted or refused';
COMMENT ON COLUMN script_tracking.access_log.accessed_tenant_hk IS 'Whose records; NULL: of all tenants, or of one that is not there';
COMMENT ON COLUMN script_tracking.access_log.accessed_tenant IS 'Its name as it was asked for; NULL: all tenants';
ALTER TABLE script_tracking.access_log ALTER COLUMN access_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME script_tracking.access_log_access_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
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
COMMENT ON COLUMN script_tracking.script_execution_h.record_source IS 'The writer and the node: event_trigger@local:5432';
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
COMMENT ON COLUMN script_tracking.script_execution_parent_l.link_type IS 'tracked: under dbtrack track or a tracked operation; nested: DDL that another DDL ran';
COMMENT ON VIEW script_tracking.archivable_row IS 'Hub rows, versions and links in one shape, as an archive holds them; script_execution_hk of a link is the child''s';
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
ALTER TABLE ONLY script_tracking.capture_failure FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.capture_failure IS 'What is known of DDL that could not be recorded';
CREATE SEQUENCE script_tracking.capture_failure_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
COMMENT ON SEQUENCE script_tracking.capture_failure_seq IS 'Counts the DDL that could not be recorded: a sequence, because it survives the rollback of whatever failed';
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
ALTER TABLE ONLY script_tracking.capture_secret FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.capture_secret IS 'Authenticates what one capture function hands to the next through a setting that the session could write';
CREATE TABLE script_tracking.capture_setting (
    is_only boolean DEFAULT true NOT NULL,
    is_enabled boolean NOT NULL,
    with_temporary boolean NOT NULL,
    most_objects integer NOT NULL,
    statement_characters integer NOT NULL,
    redaction text NOT NULL,
    has_tenants boolean NOT NULL,
    guarded_commands integer DEFAULT 1000 NOT NULL,
    CONSTRAINT capture_setting_is_only_check CHECK (is_only)
);
COMMENT ON TABLE script_tracking.capture_setting IS 'The settings that capture reads for each DDL: a copy that triggers of setting and tenant_h keep';
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
    script_execution_hk bytea
);
COMMENT ON TABLE script_tracking.catalog_difference IS 'What the last run of dbtrack reconcile found different';
COMMENT ON COLUMN script_tracking.catalog_difference.change IS 'created, changed, recreated, dropped or restored; NULL: nothing that anybody did to this object itself';
COMMENT ON COLUMN script_tracking.catalog_difference.explained_by IS 'The execution that explains it; NULL for what an install of dbtrack did to its own objects';
COMMENT ON COLUMN script_tracking.catalog_difference.script_execution_hk IS 'The UNATTRIBUTED execution that it became';
ALTER TABLE script_tracking.catalog_difference ALTER COLUMN difference_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME script_tracking.catalog_difference_difference_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE script_tracking.tenant_h (
    tenant_hk bytea NOT NULL,
    tenant_bk character varying(100) NOT NULL,
    load_date timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.tenant_h ALTER COLUMN tenant_bk SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_h ALTER COLUMN record_source SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_h FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.tenant_h IS 'Hub: the tenants; tenant_hk is SHA-256 of tenant_bk';
COMMENT ON VIEW script_tracking.current_execution IS 'The current version of every execution that the caller may see';
COMMENT ON VIEW script_tracking.ended_execution IS 'Executions that have ended, with their duration and its slot in the histograms; transaction_age: how many transaction ids ago the version was written';
COMMENT ON VIEW script_tracking.failed_execution IS 'Executions that failed, were cancelled or abandoned, with what tells their cause; transaction_age: how many transaction ids ago the version was written';
CREATE TABLE script_tracking.installed_routine (
    routine_identity text NOT NULL,
    definition_hash bytea NOT NULL
);
COMMENT ON TABLE script_tracking.installed_routine IS 'What install put there; dbtrack doctor compares it with what is there';
CREATE TABLE script_tracking.log_position (
    source_hash bytea NOT NULL,
    source_name text NOT NULL,
    log_format character varying(10) NOT NULL,
    byte_offset bigint NOT NULL,
    tail_hash bytea NOT NULL,
    execution_count bigint DEFAULT 0 NOT NULL,
    first_read_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_read_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT log_position_offset CHECK ((byte_offset >= 0))
);
COMMENT ON TABLE script_tracking.log_position IS 'How far dbtrack ingest has read each log: it moves in the transaction that records what was read';
COMMENT ON COLUMN script_tracking.log_position.source_hash IS 'SHA-256 of the log''s first line: the log keeps it when it is renamed, copied or compressed';
COMMENT ON COLUMN script_tracking.log_position.source_name IS 'What the log was called when it was last read';
COMMENT ON COLUMN script_tracking.log_position.byte_offset IS 'What has been read, in bytes of the uncompressed log';
COMMENT ON COLUMN script_tracking.log_position.tail_hash IS 'SHA-256 of the bytes before byte_offset, up to 256: whether the log is still the one that was read';
COMMENT ON COLUMN script_tracking.log_position.execution_count IS 'How many executions were recorded from it';
CREATE TABLE script_tracking.logged_start (
    script_execution_hk bytea NOT NULL,
    load_date timestamp with time zone NOT NULL,
    session_statement character varying(64) NOT NULL,
    execution_timestamp timestamp with time zone NOT NULL
);
COMMENT ON TABLE script_tracking.logged_start IS 'Logged executions of which only the start is known: their failure may come later in the log. Kept for a week';
COMMENT ON COLUMN script_tracking.logged_start.session_statement IS 'Digest of the session and its redacted statement, which the failure''s log entry has in common with the start';
CREATE TABLE script_tracking.rollup_gap (
    rollup_gap_id bigint NOT NULL,
    gap_start timestamp with time zone NOT NULL,
    gap_end timestamp with time zone NOT NULL,
    CONSTRAINT rollup_gap_order CHECK ((gap_start < gap_end))
);
COMMENT ON TABLE script_tracking.rollup_gap IS 'Hours that the rollups do not hold, or no longer hold right: reports read their rows until they are counted anew';
ALTER TABLE script_tracking.rollup_gap ALTER COLUMN rollup_gap_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME script_tracking.rollup_gap_rollup_gap_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
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
ALTER TABLE ONLY script_tracking.rollup_tenant FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.rollup_tenant IS 'The same for each tenant, by ten minutes and by hour';
CREATE TABLE script_tracking.schema_migration (
    migration_number integer NOT NULL,
    migration_name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    dbtrack_version text NOT NULL
);
COMMENT ON TABLE script_tracking.schema_migration IS 'The migrations of this schema that were applied, each once';
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
CREATE SEQUENCE script_tracking.script_execution_version_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE script_tracking.script_execution_version_seq OWNED BY script_tracking.script_execution_s.version_number;
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
    record_source character varying(255) NOT NULL
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
    block_hash bytea NOT NULL
);
COMMENT ON TABLE script_tracking.seal_block IS 'The chain of seals: the root of each block''s tree of rows, and the hash of the block before (docs/proof.md)';
COMMENT ON COLUMN script_tracking.seal_block.segment_number IS 'Counts the servers, timelines and copies the chain went through: a restore or failover begins the next';
COMMENT ON COLUMN script_tracking.seal_block.first_transaction IS 'The lowest transaction that wrote its rows; it means something on this system and timeline only';
COMMENT ON COLUMN script_tracking.seal_block.block_hash IS 'SHA-256 of the header, which holds previous_hash and root_hash';
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
    CONSTRAINT seal_leaf_kind CHECK (((leaf_kind)::text = ANY ((ARRAY['version'::character varying, 'link'::character varying])::text[])))
)
PARTITION BY RANGE (load_date);
ALTER TABLE ONLY script_tracking.seal_leaf ALTER COLUMN leaf_kind SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.seal_leaf FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.seal_leaf IS 'One row a sealed version or link; it goes with the month of what it seals';
COMMENT ON COLUMN script_tracking.seal_leaf.record_hk IS 'The execution''s key, or the link''s';
COMMENT ON COLUMN script_tracking.seal_leaf.started_at IS 'Of a later version: load_date of the execution''s first one';
COMMENT ON COLUMN script_tracking.seal_leaf.person_commitment IS 'SHA-256 of person_salt and of who it was; without the salt nobody can try out names';
COMMENT ON COLUMN script_tracking.seal_leaf.text_commitment IS 'The same for the statement, its error, objects and metadata';
COMMENT ON COLUMN script_tracking.seal_leaf.erased_by IS 'The execution of dbtrack erase that took a salt away';
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
COMMENT ON TABLE script_tracking.seal_state IS 'How far the record is sealed';
COMMENT ON COLUMN script_tracking.seal_state.sealed_before IS 'Every row with an earlier load_date is sealed, and none can still be written';
COMMENT ON COLUMN script_tracking.seal_state.place IS 'Server, database and table of the last block; a dump carries it elsewhere';
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
CREATE TABLE script_tracking.spool_receipt (
    spool_id uuid NOT NULL,
    load_date timestamp with time zone NOT NULL
);
COMMENT ON TABLE script_tracking.spool_receipt IS 'Operations recorded from the spool of a client that could not reach the database at the time';
COMMENT ON COLUMN script_tracking.spool_receipt.spool_id IS 'The client''s own id of the record: metadata.spool_id';
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
ALTER TABLE ONLY script_tracking.tenant_key FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.tenant_key IS 'Keys with which services prove the tenant of a transaction; no role but the owner reads it, a dump holds it';
COMMENT ON COLUMN script_tracking.tenant_key.inner_pad IS 'The key, 64 bytes, exclusive-or 0x36: as HMAC takes it';
COMMENT ON COLUMN script_tracking.tenant_key.outer_pad IS 'The key, 64 bytes, exclusive-or 0x5c';
COMMENT ON COLUMN script_tracking.tenant_key.proves_hk IS 'Hash keys of the tenants that it may prove; NULL: all';
COMMENT ON COLUMN script_tracking.tenant_key.expires_at IS 'From when it proves nothing; NULL: until it is dropped';
CREATE TABLE script_tracking.tenant_role_l (
    tenant_hk bytea NOT NULL,
    role_name name NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    load_date timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.tenant_role_l ALTER COLUMN role_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_role_l ALTER COLUMN record_source SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_role_l FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.tenant_role_l IS 'Link: the roles whose members see a tenant''s records; is_default: what the role does belongs to the tenant';
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
ALTER TABLE ONLY script_tracking.tenant_s FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.tenant_s IS 'Satellite: a tenant''s name and whether it is active';
CREATE TABLE script_tracking.tenant_schema_l (
    schema_name name NOT NULL,
    tenant_hk bytea NOT NULL,
    load_date timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.tenant_schema_l ALTER COLUMN schema_name SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_schema_l ALTER COLUMN record_source SET STATISTICS 0;
ALTER TABLE ONLY script_tracking.tenant_schema_l FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.tenant_schema_l IS 'Link: DDL in this schema belongs to the tenant';
ALTER TABLE ONLY script_tracking.script_execution_h ATTACH PARTITION script_tracking.script_execution_h_default DEFAULT;
ALTER TABLE ONLY script_tracking.script_execution_parent_l ATTACH PARTITION script_tracking.script_execution_parent_l_default DEFAULT;
ALTER TABLE ONLY script_tracking.script_execution_s ATTACH PARTITION script_tracking.script_execution_s_default DEFAULT;
ALTER TABLE ONLY script_tracking.seal_leaf ATTACH PARTITION script_tracking.seal_leaf_default DEFAULT;
ALTER TABLE ONLY script_tracking.script_execution_s ALTER COLUMN version_number SET DEFAULT nextval('script_tracking.script_execution_version_seq'::regclass);
ALTER TABLE ONLY script_tracking.access_log
    ADD CONSTRAINT access_log_pkey PRIMARY KEY (access_id);
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
ALTER TABLE ONLY script_tracking.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (property_name);
ALTER TABLE ONLY script_tracking.installed_routine
    ADD CONSTRAINT installed_routine_pkey PRIMARY KEY (routine_identity);
ALTER TABLE ONLY script_tracking.log_position
    ADD CONSTRAINT log_position_pkey PRIMARY KEY (source_hash);
ALTER TABLE ONLY script_tracking.logged_start
    ADD CONSTRAINT logged_start_pkey PRIMARY KEY (script_execution_hk);
ALTER TABLE ONLY script_tracking.open_execution
    ADD CONSTRAINT open_execution_pkey PRIMARY KEY (script_execution_hk);
ALTER TABLE ONLY script_tracking.rollup_error
    ADD CONSTRAINT rollup_error_pkey PRIMARY KEY (tenant_hk, level_minutes, bucket_start, cause_hash);
ALTER TABLE ONLY script_tracking.rollup_gap
    ADD CONSTRAINT rollup_gap_pkey PRIMARY KEY (rollup_gap_id);
ALTER TABLE ONLY script_tracking.rollup_state
    ADD CONSTRAINT rollup_state_pkey PRIMARY KEY (is_only);
ALTER TABLE ONLY script_tracking.rollup_tenant
    ADD CONSTRAINT rollup_tenant_pkey PRIMARY KEY (tenant_hk, level_minutes, bucket_start, script_type);
ALTER TABLE ONLY script_tracking.rollup_total
    ADD CONSTRAINT rollup_total_pkey PRIMARY KEY (level_minutes, bucket_start, script_type);
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
ALTER TABLE ONLY script_tracking.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (setting_name);
ALTER TABLE ONLY script_tracking.spool_receipt
    ADD CONSTRAINT spool_receipt_pkey PRIMARY KEY (spool_id);
ALTER TABLE ONLY script_tracking.tenant_h
    ADD CONSTRAINT tenant_h_pkey PRIMARY KEY (tenant_hk);
ALTER TABLE ONLY script_tracking.tenant_h
    ADD CONSTRAINT tenant_h_tenant_bk_key UNIQUE (tenant_bk);
ALTER TABLE ONLY script_tracking.tenant_key
    ADD CONSTRAINT tenant_key_pkey PRIMARY KEY (key_name, key_version);
ALTER TABLE ONLY script_tracking.tenant_role_l
    ADD CONSTRAINT tenant_role_l_pkey PRIMARY KEY (tenant_hk, role_name);
ALTER TABLE ONLY script_tracking.tenant_s
    ADD CONSTRAINT tenant_s_pkey PRIMARY KEY (tenant_hk, load_date);
ALTER TABLE ONLY script_tracking.tenant_schema_l
    ADD CONSTRAINT tenant_schema_l_pkey PRIMARY KEY (schema_name);
CREATE INDEX idx_access_log_time ON script_tracking.access_log USING btree (accessed_at DESC);
CREATE INDEX idx_script_execution_parent_l_child ON ONLY script_tracking.script_execution_parent_l USING btree (child_execution_hk);
CREATE INDEX idx_script_execution_parent_l_parent ON ONLY script_tracking.script_execution_parent_l USING btree (parent_execution_hk);
CREATE INDEX idx_script_execution_s_duration ON ONLY script_tracking.script_execution_s USING btree (execution_duration_ms) WHERE (execution_duration_ms IS NOT NULL);
CREATE INDEX idx_script_execution_s_running ON ONLY script_tracking.script_execution_s USING btree (execution_timestamp) WHERE ((load_end_date IS NULL) AND ((execution_status)::text = 'RUNNING'::text));
CREATE INDEX idx_script_execution_s_tenant_status ON ONLY script_tracking.script_execution_s USING btree (tenant_hk, execution_status) WHERE (load_end_date IS NULL);
CREATE INDEX idx_script_execution_s_tenant_timestamp ON ONLY script_tracking.script_execution_s USING btree (tenant_hk, execution_timestamp DESC) WHERE ((load_end_date IS NULL) AND (tenant_hk IS NOT NULL));
CREATE INDEX idx_script_execution_s_timestamp ON ONLY script_tracking.script_execution_s USING btree (execution_timestamp DESC);
CREATE INDEX idx_script_execution_s_type_status ON ONLY script_tracking.script_execution_s USING btree (script_type, execution_status);
CREATE INDEX idx_script_execution_s_unsuccessful ON ONLY script_tracking.script_execution_s USING btree (execution_timestamp DESC) WHERE ((load_end_date IS NULL) AND ((execution_status)::text = ANY ((ARRAY['FAILED'::character varying, 'CANCELLED'::character varying, 'ABANDONED'::character varying])::text[])));
CREATE INDEX logged_start_load_date ON script_tracking.logged_start USING btree (load_date);
CREATE INDEX logged_start_session_statement ON script_tracking.logged_start USING btree (session_statement);
CREATE INDEX rollup_error_bucket_start ON script_tracking.rollup_error USING btree (bucket_start);
CREATE INDEX rollup_tenant_bucket_start ON script_tracking.rollup_tenant USING btree (bucket_start);
CREATE INDEX script_execution_parent_l_default_child_execution_hk_idx ON script_tracking.script_execution_parent_l_default USING btree (child_execution_hk);
CREATE INDEX script_execution_parent_l_default_parent_execution_hk_idx ON script_tracking.script_execution_parent_l_default USING btree (parent_execution_hk);
CREATE INDEX script_execution_s_default_execution_duration_ms_idx ON script_tracking.script_execution_s_default USING btree (execution_duration_ms) WHERE (execution_duration_ms IS NOT NULL);
CREATE INDEX script_execution_s_default_execution_timestamp_idx ON script_tracking.script_execution_s_default USING btree (execution_timestamp DESC);
CREATE INDEX script_execution_s_default_execution_timestamp_idx1 ON script_tracking.script_execution_s_default USING btree (execution_timestamp DESC) WHERE ((load_end_date IS NULL) AND ((execution_status)::text = ANY ((ARRAY['FAILED'::character varying, 'CANCELLED'::character varying, 'ABANDONED'::character varying])::text[])));
CREATE INDEX script_execution_s_default_execution_timestamp_idx2 ON script_tracking.script_execution_s_default USING btree (execution_timestamp) WHERE ((load_end_date IS NULL) AND ((execution_status)::text = 'RUNNING'::text));
CREATE INDEX script_execution_s_default_script_type_execution_status_idx ON script_tracking.script_execution_s_default USING btree (script_type, execution_status);
CREATE INDEX script_execution_s_default_tenant_hk_execution_status_idx ON script_tracking.script_execution_s_default USING btree (tenant_hk, execution_status) WHERE (load_end_date IS NULL);
CREATE INDEX script_execution_s_default_tenant_hk_execution_timestamp_idx ON script_tracking.script_execution_s_default USING btree (tenant_hk, execution_timestamp DESC) WHERE ((load_end_date IS NULL) AND (tenant_hk IS NOT NULL));
CREATE UNIQUE INDEX tenant_role_l_default ON script_tracking.tenant_role_l USING btree (role_name) WHERE is_default;
ALTER INDEX script_tracking.script_execution_h_pkey ATTACH PARTITION script_tracking.script_execution_h_default_pkey;
ALTER INDEX script_tracking.idx_script_execution_parent_l_child ATTACH PARTITION script_tracking.script_execution_parent_l_default_child_execution_hk_idx;
ALTER INDEX script_tracking.idx_script_execution_parent_l_parent ATTACH PARTITION script_tracking.script_execution_parent_l_default_parent_execution_hk_idx;
ALTER INDEX script_tracking.script_execution_parent_l_pkey ATTACH PARTITION script_tracking.script_execution_parent_l_default_pkey;
ALTER INDEX script_tracking.idx_script_execution_s_duration ATTACH PARTITION script_tracking.script_execution_s_default_execution_duration_ms_idx;
ALTER INDEX script_tracking.idx_script_execution_s_timestamp ATTACH PARTITION script_tracking.script_execution_s_default_execution_timestamp_idx;
ALTER INDEX script_tracking.idx_script_execution_s_unsuccessful ATTACH PARTITION script_tracking.script_execution_s_default_execution_timestamp_idx1;
ALTER INDEX script_tracking.idx_script_execution_s_running ATTACH PARTITION script_tracking.script_execution_s_default_execution_timestamp_idx2;
ALTER INDEX script_tracking.script_execution_s_pkey ATTACH PARTITION script_tracking.script_execution_s_default_pkey;
ALTER INDEX script_tracking.idx_script_execution_s_type_status ATTACH PARTITION script_tracking.script_execution_s_default_script_type_execution_status_idx;
ALTER INDEX script_tracking.idx_script_execution_s_tenant_status ATTACH PARTITION script_tracking.script_execution_s_default_tenant_hk_execution_status_idx;
ALTER INDEX script_tracking.idx_script_execution_s_tenant_timestamp ATTACH PARTITION script_tracking.script_execution_s_default_tenant_hk_execution_timestamp_idx;
ALTER INDEX script_tracking.seal_leaf_pkey ATTACH PARTITION script_tracking.seal_leaf_default_pkey;
CREATE TRIGGER keep_capture_setting AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON script_tracking.setting FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.keep_capture_setting();
CREATE TRIGGER keep_capture_setting AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON script_tracking.tenant_h FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.keep_capture_setting();
ALTER TABLE ONLY script_tracking.tenant_role_l
    ADD CONSTRAINT tenant_role_l_tenant_hk_fkey FOREIGN KEY (tenant_hk) REFERENCES script_tracking.tenant_h(tenant_hk);
ALTER TABLE ONLY script_tracking.tenant_s
    ADD CONSTRAINT tenant_s_tenant_hk_fkey FOREIGN KEY (tenant_hk) REFERENCES script_tracking.tenant_h(tenant_hk);
ALTER TABLE ONLY script_tracking.tenant_schema_l
    ADD CONSTRAINT tenant_schema_l_tenant_hk_fkey FOREIGN KEY (tenant_hk) REFERENCES script_tracking.tenant_h(tenant_hk);
ALTER TABLE script_tracking.access_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY admin_policy ON script_tracking.access_log FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.capture_failure FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.open_execution FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.rollup_error FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.rollup_tenant FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.rollup_total FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.script_execution_h FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.script_execution_parent_l FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.script_execution_s FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.seal_leaf FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.tenant_h FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.tenant_role_l FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.tenant_s FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.tenant_schema_l FOR SELECT TO dbtrack_admin USING (true);
ALTER TABLE script_tracking.capture_failure ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.capture_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.open_execution ENABLE ROW LEVEL SECURITY;
CREATE POLICY operator_policy ON script_tracking.access_log FOR SELECT TO dbtrack_operator USING (((db_session_user = SESSION_USER) AND is_granted));
CREATE POLICY operator_policy ON script_tracking.rollup_error FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.rollup_tenant FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.script_execution_h FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.script_execution_parent_l FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.script_execution_s FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.tenant_h FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.tenant_role_l FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.tenant_s FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.tenant_schema_l FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY owner_policy ON script_tracking.access_log TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.capture_failure TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.capture_secret TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.open_execution TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.rollup_error TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.rollup_tenant TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.rollup_total TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.script_execution_h TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.script_execution_parent_l TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.script_execution_s TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.seal_leaf TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_h TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_key TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_role_l TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_s TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_schema_l TO dbtrack_owner USING (true);
CREATE POLICY reader_policy ON script_tracking.access_log FOR SELECT TO dbtrack_reader USING (((db_session_user = SESSION_USER) AND is_granted));
CREATE POLICY reader_policy ON script_tracking.rollup_error FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.rollup_tenant FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.script_execution_h FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.script_execution_parent_l FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.script_execution_s FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.tenant_h FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.tenant_role_l FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.tenant_s FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.tenant_schema_l FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
ALTER TABLE script_tracking.rollup_error ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.rollup_tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.rollup_total ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_h ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_h_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_parent_l ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_parent_l_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_s ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_s_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.seal_leaf ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.seal_leaf_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_h ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_role_l ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_s ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_schema_l ENABLE ROW LEVEL SECURITY;
