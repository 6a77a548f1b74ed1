-- The history of objects: what each table, view, function and so on looked like after each DDL. See docs/object-history.md.

CREATE TABLE script_tracking.object_h (
    object_hk bytea NOT NULL CONSTRAINT object_h_pkey PRIMARY KEY,
    object_bk text NOT NULL,
    tenant_hk bytea,
    load_date timestamptz NOT NULL,
    record_source varchar(255) NOT NULL
);
COMMENT ON TABLE script_tracking.object_h IS
    'Hub: one row an object of the database. maintain fills it; object_s may know an object earlier';
COMMENT ON COLUMN script_tracking.object_h.object_hk IS 'SHA-256 of object_bk';
COMMENT ON COLUMN script_tracking.object_h.object_bk IS
    'Incarnation, catalog and oid, as 16385:pg_class:16423. The incarnation is the oid of the schema script_tracking, which a '
    'restore and pg_upgrade change. An object that is renamed stays the same';
COMMENT ON COLUMN script_tracking.object_h.tenant_hk IS 'The tenant it belonged to when it was first seen; NULL: the platform';
COMMENT ON COLUMN script_tracking.object_h.load_date IS 'The time of its first version';
COMMENT ON COLUMN script_tracking.object_h.record_source IS 'The writer and the node of its first version';

CREATE TABLE script_tracking.object_s (
    object_hk bytea NOT NULL,
    load_date timestamptz NOT NULL,
    hash_diff bytea NOT NULL,
    version_number bigint NOT NULL DEFAULT nextval('script_tracking.script_execution_version_seq'),
    script_execution_hk bytea NOT NULL,
    tenant_hk bytea,
    object_type text NOT NULL,
    object_identity text NOT NULL,
    cause varchar(20) NOT NULL,
    grantees name[],
    definition jsonb NOT NULL,
    object_bk text NOT NULL,
    record_source varchar(255) NOT NULL,
    recorded_by xid8 DEFAULT pg_current_xact_id(),
    -- The clock may stand still: then two executions have the same time.
    CONSTRAINT object_s_pkey PRIMARY KEY (object_hk, load_date, script_execution_hk)
) PARTITION BY RANGE (load_date);
-- A hash: the identity of a function can be longer than an entry of a btree.
CREATE INDEX idx_object_s_identity ON script_tracking.object_s USING hash (object_identity);
CREATE INDEX idx_object_s_load_date ON script_tracking.object_s (load_date);
CREATE INDEX idx_object_s_grantees ON script_tracking.object_s USING gin (grantees) WHERE grantees IS NOT NULL;
CREATE TABLE script_tracking.object_s_default PARTITION OF script_tracking.object_s DEFAULT;
COMMENT ON TABLE script_tracking.object_s IS
    'Satellite: what an execution changed of an object. The newest version of each part together is what the object looked like';
COMMENT ON COLUMN script_tracking.object_s.object_hk IS 'The object: SHA-256 of object_bk';
COMMENT ON COLUMN script_tracking.object_s.load_date IS 'When the row was written; of a captured version, that of its execution';
COMMENT ON COLUMN script_tracking.object_s.hash_diff IS 'SHA-256 over the attributes of this version';
COMMENT ON COLUMN script_tracking.object_s.version_number IS
    'The order in which rows were written; from the sequence of the executions'' versions';
COMMENT ON COLUMN script_tracking.object_s.script_execution_hk IS 'The execution that changed it, or that found the change';
COMMENT ON COLUMN script_tracking.object_s.tenant_hk IS 'The tenant of the execution; NULL: the platform';
COMMENT ON COLUMN script_tracking.object_s.object_type IS 'The type, as PostgreSQL calls it: table, view, function';
COMMENT ON COLUMN script_tracking.object_s.object_identity IS 'Its identity after the change, as PostgreSQL gives it';
COMMENT ON COLUMN script_tracking.object_s.cause IS
    'captured: the execution changed it; follows: its text mentions something that the execution renamed; baseline: it was there '
    'before the record; maintain, reconcile: found later, with and without a recorded execution that explains it';
COMMENT ON COLUMN script_tracking.object_s.grantees IS
    'The roles that have privileges on it after the change; NULL: the change is not about privileges, or there are none';
COMMENT ON COLUMN script_tracking.object_s.definition IS
    'The parts that changed, as they are now, in a compact form: object_parts() decodes it';
COMMENT ON COLUMN script_tracking.object_s.object_bk IS 'Incarnation, catalog and oid, as 16385:pg_class:16423';
COMMENT ON COLUMN script_tracking.object_s.record_source IS 'The writer and the node';
COMMENT ON COLUMN script_tracking.object_s.recorded_by IS
    'The transaction that wrote it on this server; NULL: it came with a dump';

CREATE TABLE script_tracking.object_state (
    is_only boolean NOT NULL DEFAULT true CONSTRAINT object_state_pkey PRIMARY KEY CHECK (is_only),
    place jsonb NOT NULL DEFAULT '{}',
    sweep_step integer NOT NULL DEFAULT 0,
    sweep_oid oid NOT NULL DEFAULT 0,
    sweep_hk bytea NOT NULL DEFAULT '',
    sweep_started_at timestamptz,
    baseline_at timestamptz,
    swept_at timestamptz,
    hub_filled_until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);
COMMENT ON TABLE script_tracking.object_state IS 'How far maintain has compared the catalogs with the history of objects';
COMMENT ON COLUMN script_tracking.object_state.is_only IS 'Always true: there is one row';
COMMENT ON COLUMN script_tracking.object_state.place IS
    'Server, database and incarnation that this is about. Elsewhere the history begins again with a baseline';
COMMENT ON COLUMN script_tracking.object_state.sweep_step IS
    'Which catalog the present sweep has come to, the last step being what the record knows; 0: none is under way';
COMMENT ON COLUMN script_tracking.object_state.sweep_oid IS 'The last object of that catalog that it compared';
COMMENT ON COLUMN script_tracking.object_state.sweep_hk IS 'In the last step: the last object that it looked for';
COMMENT ON COLUMN script_tracking.object_state.sweep_started_at IS 'When the present sweep began';
COMMENT ON COLUMN script_tracking.object_state.baseline_at IS 'When every object had its first version; NULL: not yet';
COMMENT ON COLUMN script_tracking.object_state.swept_at IS 'When the last sweep that ended had begun';
COMMENT ON COLUMN script_tracking.object_state.hub_filled_until IS 'Objects with versions before this moment are in object_h';
INSERT INTO script_tracking.object_state DEFAULT VALUES;

INSERT INTO script_tracking.setting
    (setting_name, setting_value, default_value, allowed_values, minimum_value, maximum_value, description)
VALUES
    ('capture.object_history', 'on', 'on', '{on,off}', NULL, NULL,
     'Record with each DDL what the objects look like that it changed'),
    ('capture.described_objects', '1000', '1000', NULL, 1, 100000,
     'Most objects whose new definition is recorded with one DDL; maintain records the others later'),
    ('retention.objects_days', '0', '0', NULL, 0, 36500,
     'How long versions of objects are kept that newer ones replaced; 0 keeps them for ever');

ALTER TABLE script_tracking.capture_setting
    ADD COLUMN with_history boolean NOT NULL DEFAULT true,
    ADD COLUMN most_described integer NOT NULL DEFAULT 1000;
COMMENT ON COLUMN script_tracking.capture_setting.with_history IS 'The setting capture.object_history';
COMMENT ON COLUMN script_tracking.capture_setting.most_described IS 'The setting capture.described_objects';
