-- What `dbtrack seal` keeps: blocks of a Merkle tree over the record, each chained to the one before.

CREATE TABLE script_tracking.seal_block (
    block_number bigint NOT NULL CONSTRAINT seal_block_pkey PRIMARY KEY,
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
    first_load_date timestamptz NOT NULL,
    last_load_date timestamptz NOT NULL,
    sealed_at timestamptz NOT NULL,
    block_hash bytea NOT NULL
);

COMMENT ON TABLE script_tracking.seal_block IS
    'The chain of seals: the root of each block''s tree of rows, and the hash of the block before (docs/proof.md)';
COMMENT ON COLUMN script_tracking.seal_block.segment_number IS
    'Counts the servers, timelines and copies the chain went through: a restore or failover begins the next';
COMMENT ON COLUMN script_tracking.seal_block.first_transaction IS
    'The lowest transaction that wrote its rows; it means something on this system and timeline only';
COMMENT ON COLUMN script_tracking.seal_block.block_hash IS 'SHA-256 of the header, which holds previous_hash and root_hash';

CREATE TABLE script_tracking.seal_leaf (
    block_number bigint NOT NULL,
    leaf_index bigint NOT NULL,
    leaf_kind varchar(10) NOT NULL,
    record_hk bytea NOT NULL,
    load_date timestamptz NOT NULL,
    started_at timestamptz,
    leaf_hash bytea NOT NULL,
    person_salt bytea,
    person_commitment bytea,
    text_salt bytea,
    text_commitment bytea,
    erased_by bytea,
    CONSTRAINT seal_leaf_pkey PRIMARY KEY (load_date, record_hk),
    CONSTRAINT seal_leaf_kind CHECK (leaf_kind IN ('version', 'link'))
) PARTITION BY RANGE (load_date);

COMMENT ON TABLE script_tracking.seal_leaf IS 'One row a sealed version or link; it goes with the month of what it seals';
COMMENT ON COLUMN script_tracking.seal_leaf.record_hk IS 'The execution''s key, or the link''s';
COMMENT ON COLUMN script_tracking.seal_leaf.started_at IS 'Of a later version: load_date of the execution''s first one';
COMMENT ON COLUMN script_tracking.seal_leaf.person_commitment IS
    'SHA-256 of person_salt and of who it was; without the salt nobody can try out names';
COMMENT ON COLUMN script_tracking.seal_leaf.text_commitment IS 'The same for the statement, its error, objects and metadata';
COMMENT ON COLUMN script_tracking.seal_leaf.erased_by IS 'The execution of dbtrack erase that took a salt away';

CREATE TABLE script_tracking.seal_leaf_default PARTITION OF script_tracking.seal_leaf DEFAULT;

CREATE TABLE script_tracking.seal_state (
    is_only boolean NOT NULL DEFAULT true CONSTRAINT seal_state_pkey PRIMARY KEY CHECK (is_only),
    sealed_before timestamptz NOT NULL,
    last_run_at timestamptz,
    place jsonb NOT NULL,
    timeline bigint NOT NULL
);

COMMENT ON TABLE script_tracking.seal_state IS 'How far the record is sealed';
COMMENT ON COLUMN script_tracking.seal_state.sealed_before IS
    'Every row with an earlier load_date is sealed, and none can still be written';
COMMENT ON COLUMN script_tracking.seal_state.place IS 'Server, database and table of the last block; a dump carries it elsewhere';

-- A row, not an advisory lock: that, any user could hold.
INSERT INTO script_tracking.installation (property_name, property_value) VALUES ('lock.seal', '');

INSERT INTO script_tracking.setting
    (setting_name, setting_value, default_value, allowed_values, minimum_value, maximum_value, description)
VALUES ('seal.overdue_hours', '26', '26', NULL, 1, 8760, 'dbtrack verify reports rows that are older than this and not sealed');
