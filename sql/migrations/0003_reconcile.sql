-- What `dbtrack reconcile` keeps: the last snapshot of the catalogs' fingerprints, and the differences last found.

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
    CONSTRAINT catalog_object_pkey PRIMARY KEY (class_id, object_id, object_name)
);

COMMENT ON TABLE script_tracking.catalog_object IS
    'The last snapshot of the catalogs: one row an object, with hashes of what defines it';
COMMENT ON COLUMN script_tracking.catalog_object.object_name IS 'Of what has no oid, a setting; else empty';
COMMENT ON COLUMN script_tracking.catalog_object.definition_hash IS
    'Salted SHA-256 over the catalog rows that define it, by oid: renaming a type does not change its columns';
COMMENT ON COLUMN script_tracking.catalog_object.depends_on IS
    'What it is a part of, each as class_id:object_id: a DDL that names that explains a change of this';
COMMENT ON COLUMN script_tracking.catalog_object.attributes IS 'What people are shown of it, before and after';

CREATE TABLE script_tracking.catalog_snapshot (
    is_only boolean NOT NULL DEFAULT true CONSTRAINT catalog_snapshot_pkey PRIMARY KEY CHECK (is_only),
    taken_at timestamptz NOT NULL,
    records_since timestamptz NOT NULL,
    transactions pg_snapshot NOT NULL,
    place jsonb NOT NULL,
    installed_at text,
    unreadable text[] NOT NULL
);

COMMENT ON TABLE script_tracking.catalog_snapshot IS 'When and of which database the snapshot of the catalogs was taken';
COMMENT ON COLUMN script_tracking.catalog_snapshot.records_since IS
    'The start of the oldest transaction then open: what it records later has a load_date after this';
COMMENT ON COLUMN script_tracking.catalog_snapshot.transactions IS 'The transactions whose changes the snapshot holds';
COMMENT ON COLUMN script_tracking.catalog_snapshot.place IS
    'Server, database and table it was taken in; a dump carries it elsewhere';
COMMENT ON COLUMN script_tracking.catalog_snapshot.unreadable IS 'What the owner''s rights did not let it see';

CREATE TABLE script_tracking.catalog_difference (
    difference_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY CONSTRAINT catalog_difference_pkey PRIMARY KEY,
    old_object script_tracking.catalog_object,
    new_object script_tracking.catalog_object,
    change text,
    object_type text,
    object_identity text,
    before jsonb,
    after jsonb,
    explained_by bytea,
    is_explained boolean NOT NULL DEFAULT false,
    script_execution_hk bytea
);

COMMENT ON TABLE script_tracking.catalog_difference IS 'What the last run of dbtrack reconcile found different';
COMMENT ON COLUMN script_tracking.catalog_difference.change IS
    'created, changed, recreated, dropped or restored; NULL: nothing that anybody did to this object itself';
COMMENT ON COLUMN script_tracking.catalog_difference.explained_by IS
    'The execution that explains it; NULL for what an install of dbtrack did to its own objects';
COMMENT ON COLUMN script_tracking.catalog_difference.script_execution_hk IS 'The UNATTRIBUTED execution that it became';

-- A row, not an advisory lock: that, any user could hold.
INSERT INTO script_tracking.installation (property_name, property_value) VALUES ('lock.reconcile', '');
