SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE script_tracking.installation (
    property_name character varying(63) NOT NULL,
    property_value text NOT NULL
);
COMMENT ON TABLE script_tracking.installation IS 'What is installed: versions, roles; and the rows that periodic work locks';
CREATE TABLE script_tracking.tenant_role_l (
    tenant_hk bytea NOT NULL,
    role_name name NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    load_date timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.tenant_role_l FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.tenant_role_l IS 'Link: the roles whose members see a tenant''s records; is_default: what the role does belongs to the tenant';
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
    record_source character varying(255) NOT NULL,
    CONSTRAINT script_execution_s_status CHECK (((execution_status)::text = ANY ((ARRAY['RUNNING'::character varying, 'COMPLETED'::character varying, 'FAILED'::character varying, 'CANCELLED'::character varying, 'ABANDONED'::character varying])::text[])))
)
PARTITION BY RANGE (load_date);
ALTER TABLE ONLY script_tracking.script_execution_s FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.script_execution_s IS 'Satellite: the attributes of an execution, one row a version; load_end_date IS NULL is the current one';
COMMENT ON COLUMN script_tracking.script_execution_s.load_end_date IS 'When a later version superseded this one';
COMMENT ON COLUMN script_tracking.script_execution_s.hash_diff IS 'SHA-256 over the attributes of this version';
COMMENT ON COLUMN script_tracking.script_execution_s.execution_timestamp IS 'When the execution started';
COMMENT ON COLUMN script_tracking.script_execution_s.execution_duration_ms IS 'Whole milliseconds; the microseconds stand in metadata.duration_us';
COMMENT ON COLUMN script_tracking.script_execution_s.db_session_user IS 'The login; metadata.role is the acting role';
COMMENT ON COLUMN script_tracking.script_execution_s.affected_objects IS 'Identities as PostgreSQL gives them, each once';
COMMENT ON COLUMN script_tracking.script_execution_s.sql_command IS 'The statement as sent, redacted';
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
CREATE TABLE script_tracking.open_execution (
    script_execution_hk bytea NOT NULL,
    load_date timestamp with time zone NOT NULL,
    opened_by name NOT NULL,
    is_bound boolean NOT NULL,
    backend_pid integer NOT NULL,
    backend_start timestamp with time zone,
    statement_start timestamp with time zone
);
COMMENT ON TABLE script_tracking.open_execution IS 'The executions whose current version is RUNNING';
COMMENT ON COLUMN script_tracking.open_execution.load_date IS 'load_date of the RUNNING version';
COMMENT ON COLUMN script_tracking.open_execution.is_bound IS 'It lives no longer than the connection that opened it: without that, it is ABANDONED';
COMMENT ON COLUMN script_tracking.open_execution.statement_start IS 'Of a captured statement that commits part-way: when its statement began, which names it within its session';
CREATE TABLE script_tracking.script_execution_h (
    script_execution_hk bytea NOT NULL,
    script_execution_bk character varying(320) NOT NULL,
    tenant_hk bytea,
    load_date timestamp with time zone NOT NULL,
    record_source character varying(255) NOT NULL
)
PARTITION BY RANGE (load_date);
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
ALTER TABLE ONLY script_tracking.script_execution_parent_l FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.script_execution_parent_l IS 'Link: an execution and what ran inside it. The parent is what the session claimed; whether the claim holds is judged when it is read';
COMMENT ON COLUMN script_tracking.script_execution_parent_l.script_execution_parent_hk IS 'SHA-256 of the parent''s and the child''s hash keys';
COMMENT ON COLUMN script_tracking.script_execution_parent_l.link_type IS 'tracked: under dbtrack track or a tracked operation; nested: DDL that another DDL ran';
CREATE VIEW script_tracking.archivable_row WITH (security_invoker='true') AS
 SELECT 'hub'::text AS row_kind,
    h.script_execution_hk,
    h.load_date,
    h.tenant_hk,
    h.record_source,
    h.script_execution_bk,
    NULL::timestamp with time zone AS load_end_date,
    NULL::bytea AS hash_diff,
    NULL::bigint AS version_number,
    NULL::character varying AS script_name,
    NULL::character varying AS script_type,
    NULL::character varying AS execution_status,
    NULL::timestamp with time zone AS execution_timestamp,
    NULL::bigint AS execution_duration_ms,
    NULL::character varying AS db_session_user,
    NULL::inet AS client_ip,
    NULL::text[] AS affected_objects,
    NULL::text AS sql_command,
    NULL::text AS error_message,
    NULL::jsonb AS metadata,
    NULL::bytea AS script_execution_parent_hk,
    NULL::bytea AS parent_execution_hk,
    NULL::character varying AS link_type
   FROM script_tracking.script_execution_h h
UNION ALL
 SELECT 'version'::text AS row_kind,
    s.script_execution_hk,
    s.load_date,
    s.tenant_hk,
    s.record_source,
    NULL::character varying AS script_execution_bk,
    s.load_end_date,
    s.hash_diff,
    s.version_number,
    s.script_name,
    s.script_type,
    s.execution_status,
    s.execution_timestamp,
    s.execution_duration_ms,
    s.db_session_user,
    s.client_ip,
    s.affected_objects,
    s.sql_command,
    s.error_message,
    s.metadata,
    NULL::bytea AS script_execution_parent_hk,
    NULL::bytea AS parent_execution_hk,
    NULL::character varying AS link_type
   FROM script_tracking.script_execution_s s
UNION ALL
 SELECT 'link'::text AS row_kind,
    l.child_execution_hk AS script_execution_hk,
    l.load_date,
    l.tenant_hk,
    l.record_source,
    NULL::character varying AS script_execution_bk,
    NULL::timestamp with time zone AS load_end_date,
    NULL::bytea AS hash_diff,
    NULL::bigint AS version_number,
    NULL::character varying AS script_name,
    NULL::character varying AS script_type,
    NULL::character varying AS execution_status,
    NULL::timestamp with time zone AS execution_timestamp,
    NULL::bigint AS execution_duration_ms,
    NULL::character varying AS db_session_user,
    NULL::inet AS client_ip,
    NULL::text[] AS affected_objects,
    NULL::text AS sql_command,
    NULL::text AS error_message,
    NULL::jsonb AS metadata,
    l.script_execution_parent_hk,
    l.parent_execution_hk,
    l.link_type
   FROM script_tracking.script_execution_parent_l l;
COMMENT ON VIEW script_tracking.archivable_row IS 'Hub rows, versions and links in one shape, as an archive holds them; script_execution_hk of a link is the child''s';
CREATE TABLE script_tracking.capture_failure (
    capture_failure_id bigint NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    command_tag text NOT NULL,
    error_sqlstate text NOT NULL,
    error_message text NOT NULL,
    db_session_user name NOT NULL
);
COMMENT ON TABLE script_tracking.capture_failure IS 'What is known of DDL that could not be recorded';
CREATE SEQUENCE script_tracking.capture_failure_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
COMMENT ON SEQUENCE script_tracking.capture_failure_seq IS 'Counts the DDL that could not be recorded: a sequence, because it survives the rollback of whatever failed';
CREATE TABLE script_tracking.capture_secret (
    is_only boolean DEFAULT true NOT NULL,
    secret bytea NOT NULL,
    CONSTRAINT capture_secret_is_only_check CHECK (is_only)
);
COMMENT ON TABLE script_tracking.capture_secret IS 'Authenticates what one capture function hands to the next through a setting that the session could write';
CREATE TABLE script_tracking.capture_setting (
    is_only boolean DEFAULT true NOT NULL,
    is_enabled boolean NOT NULL,
    with_temporary boolean NOT NULL,
    most_objects integer NOT NULL,
    statement_characters integer NOT NULL,
    redaction text NOT NULL,
    has_tenants boolean NOT NULL,
    CONSTRAINT capture_setting_is_only_check CHECK (is_only)
);
COMMENT ON TABLE script_tracking.capture_setting IS 'The settings that capture reads for each DDL: a copy that triggers of setting, tenant_role_l and tenant_schema_l keep';
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
ALTER TABLE ONLY script_tracking.tenant_h FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.tenant_h IS 'Hub: the tenants; tenant_hk is SHA-256 of tenant_bk';
CREATE VIEW script_tracking.current_execution WITH (security_invoker='true', security_barrier='true') AS
 SELECT s.script_execution_hk,
    t.tenant_bk,
    s.tenant_hk,
    s.script_name,
    s.script_type,
    s.execution_status,
    s.execution_timestamp,
    s.execution_duration_ms,
    s.db_session_user,
    s.client_ip,
    s.affected_objects,
    s.sql_command,
    s.error_message,
    s.metadata,
    s.record_source,
    s.version_number,
    s.load_date
   FROM (script_tracking.script_execution_s s
     LEFT JOIN script_tracking.tenant_h t ON ((t.tenant_hk = s.tenant_hk)))
  WHERE (s.load_end_date IS NULL);
COMMENT ON VIEW script_tracking.current_execution IS 'The current version of every execution that the caller may see';
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
    record_source character varying(255) NOT NULL,
    CONSTRAINT script_execution_s_status CHECK (((execution_status)::text = ANY ((ARRAY['RUNNING'::character varying, 'COMPLETED'::character varying, 'FAILED'::character varying, 'CANCELLED'::character varying, 'ABANDONED'::character varying])::text[])))
);
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
CREATE TABLE script_tracking.tenant_s (
    tenant_hk bytea NOT NULL,
    load_date timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    load_end_date timestamp with time zone,
    hash_diff bytea NOT NULL,
    tenant_name character varying(255) NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.tenant_s FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.tenant_s IS 'Satellite: a tenant''s name and whether it is active';
CREATE TABLE script_tracking.tenant_schema_l (
    schema_name name NOT NULL,
    tenant_hk bytea NOT NULL,
    load_date timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    record_source character varying(255) NOT NULL
);
ALTER TABLE ONLY script_tracking.tenant_schema_l FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE script_tracking.tenant_schema_l IS 'Link: DDL in this schema belongs to the tenant';
ALTER TABLE ONLY script_tracking.script_execution_h ATTACH PARTITION script_tracking.script_execution_h_default DEFAULT;
ALTER TABLE ONLY script_tracking.script_execution_parent_l ATTACH PARTITION script_tracking.script_execution_parent_l_default DEFAULT;
ALTER TABLE ONLY script_tracking.script_execution_s ATTACH PARTITION script_tracking.script_execution_s_default DEFAULT;
ALTER TABLE ONLY script_tracking.script_execution_s ALTER COLUMN version_number SET DEFAULT nextval('script_tracking.script_execution_version_seq'::regclass);
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
ALTER TABLE ONLY script_tracking.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (setting_name);
ALTER TABLE ONLY script_tracking.spool_receipt
    ADD CONSTRAINT spool_receipt_pkey PRIMARY KEY (spool_id);
ALTER TABLE ONLY script_tracking.tenant_h
    ADD CONSTRAINT tenant_h_pkey PRIMARY KEY (tenant_hk);
ALTER TABLE ONLY script_tracking.tenant_h
    ADD CONSTRAINT tenant_h_tenant_bk_key UNIQUE (tenant_bk);
ALTER TABLE ONLY script_tracking.tenant_role_l
    ADD CONSTRAINT tenant_role_l_pkey PRIMARY KEY (tenant_hk, role_name);
ALTER TABLE ONLY script_tracking.tenant_s
    ADD CONSTRAINT tenant_s_pkey PRIMARY KEY (tenant_hk, load_date);
ALTER TABLE ONLY script_tracking.tenant_schema_l
    ADD CONSTRAINT tenant_schema_l_pkey PRIMARY KEY (schema_name);
CREATE INDEX idx_script_execution_parent_l_child ON ONLY script_tracking.script_execution_parent_l USING btree (child_execution_hk);
CREATE INDEX idx_script_execution_parent_l_parent ON ONLY script_tracking.script_execution_parent_l USING btree (parent_execution_hk);
CREATE INDEX idx_script_execution_s_duration ON ONLY script_tracking.script_execution_s USING btree (execution_duration_ms) WHERE (execution_duration_ms IS NOT NULL);
CREATE INDEX idx_script_execution_s_tenant_status ON ONLY script_tracking.script_execution_s USING btree (tenant_hk, execution_status) WHERE (load_end_date IS NULL);
CREATE INDEX idx_script_execution_s_timestamp ON ONLY script_tracking.script_execution_s USING btree (execution_timestamp DESC);
CREATE INDEX idx_script_execution_s_type_status ON ONLY script_tracking.script_execution_s USING btree (script_type, execution_status);
CREATE INDEX logged_start_load_date ON script_tracking.logged_start USING btree (load_date);
CREATE INDEX logged_start_session_statement ON script_tracking.logged_start USING btree (session_statement);
CREATE INDEX script_execution_parent_l_default_child_execution_hk_idx ON script_tracking.script_execution_parent_l_default USING btree (child_execution_hk);
CREATE INDEX script_execution_parent_l_default_parent_execution_hk_idx ON script_tracking.script_execution_parent_l_default USING btree (parent_execution_hk);
CREATE INDEX script_execution_s_default_execution_duration_ms_idx ON script_tracking.script_execution_s_default USING btree (execution_duration_ms) WHERE (execution_duration_ms IS NOT NULL);
CREATE INDEX script_execution_s_default_execution_timestamp_idx ON script_tracking.script_execution_s_default USING btree (execution_timestamp DESC);
CREATE INDEX script_execution_s_default_script_type_execution_status_idx ON script_tracking.script_execution_s_default USING btree (script_type, execution_status);
CREATE INDEX script_execution_s_default_tenant_hk_execution_status_idx ON script_tracking.script_execution_s_default USING btree (tenant_hk, execution_status) WHERE (load_end_date IS NULL);
CREATE UNIQUE INDEX tenant_role_l_default ON script_tracking.tenant_role_l USING btree (role_name) WHERE is_default;
ALTER INDEX script_tracking.script_execution_h_pkey ATTACH PARTITION script_tracking.script_execution_h_default_pkey;
ALTER INDEX script_tracking.idx_script_execution_parent_l_child ATTACH PARTITION script_tracking.script_execution_parent_l_default_child_execution_hk_idx;
ALTER INDEX script_tracking.idx_script_execution_parent_l_parent ATTACH PARTITION script_tracking.script_execution_parent_l_default_parent_execution_hk_idx;
ALTER INDEX script_tracking.script_execution_parent_l_pkey ATTACH PARTITION script_tracking.script_execution_parent_l_default_pkey;
ALTER INDEX script_tracking.idx_script_execution_s_duration ATTACH PARTITION script_tracking.script_execution_s_default_execution_duration_ms_idx;
ALTER INDEX script_tracking.idx_script_execution_s_timestamp ATTACH PARTITION script_tracking.script_execution_s_default_execution_timestamp_idx;
ALTER INDEX script_tracking.script_execution_s_pkey ATTACH PARTITION script_tracking.script_execution_s_default_pkey;
ALTER INDEX script_tracking.idx_script_execution_s_type_status ATTACH PARTITION script_tracking.script_execution_s_default_script_type_execution_status_idx;
ALTER INDEX script_tracking.idx_script_execution_s_tenant_status ATTACH PARTITION script_tracking.script_execution_s_default_tenant_hk_execution_status_idx;
CREATE TRIGGER keep_capture_setting AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON script_tracking.setting FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.keep_capture_setting();
CREATE TRIGGER keep_capture_setting AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON script_tracking.tenant_role_l FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.keep_capture_setting();
CREATE TRIGGER keep_capture_setting AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON script_tracking.tenant_schema_l FOR EACH STATEMENT EXECUTE FUNCTION script_tracking.keep_capture_setting();
ALTER TABLE ONLY script_tracking.tenant_role_l
    ADD CONSTRAINT tenant_role_l_tenant_hk_fkey FOREIGN KEY (tenant_hk) REFERENCES script_tracking.tenant_h(tenant_hk);
ALTER TABLE ONLY script_tracking.tenant_s
    ADD CONSTRAINT tenant_s_tenant_hk_fkey FOREIGN KEY (tenant_hk) REFERENCES script_tracking.tenant_h(tenant_hk);
ALTER TABLE ONLY script_tracking.tenant_schema_l
    ADD CONSTRAINT tenant_schema_l_tenant_hk_fkey FOREIGN KEY (tenant_hk) REFERENCES script_tracking.tenant_h(tenant_hk);
CREATE POLICY admin_policy ON script_tracking.script_execution_h FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.script_execution_parent_l FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.script_execution_s FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.tenant_h FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.tenant_role_l FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.tenant_s FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY admin_policy ON script_tracking.tenant_schema_l FOR SELECT TO dbtrack_admin USING (true);
CREATE POLICY operator_policy ON script_tracking.script_execution_h FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.script_execution_parent_l FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.script_execution_s FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.tenant_h FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.tenant_role_l FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.tenant_s FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY operator_policy ON script_tracking.tenant_schema_l FOR SELECT TO dbtrack_operator USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY owner_policy ON script_tracking.script_execution_h TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.script_execution_parent_l TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.script_execution_s TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_h TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_role_l TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_s TO dbtrack_owner USING (true);
CREATE POLICY owner_policy ON script_tracking.tenant_schema_l TO dbtrack_owner USING (true);
CREATE POLICY reader_policy ON script_tracking.script_execution_h FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.script_execution_parent_l FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.script_execution_s FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.tenant_h FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.tenant_role_l FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.tenant_s FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
CREATE POLICY reader_policy ON script_tracking.tenant_schema_l FOR SELECT TO dbtrack_reader USING ((tenant_hk = ANY (( SELECT script_tracking.caller_tenants() AS caller_tenants)::bytea[])));
ALTER TABLE script_tracking.script_execution_h ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_h_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_parent_l ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_parent_l_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_s ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.script_execution_s_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_h ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_role_l ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_s ENABLE ROW LEVEL SECURITY;
ALTER TABLE script_tracking.tenant_schema_l ENABLE ROW LEVEL SECURITY;
