-- What finds executions by text, object or name without reading each row: for runs of executions, which words and parts of
-- words occur in them. `dbtrack maintain` writes it afterwards, so capture pays nothing. See docs/search.md.

CREATE TABLE script_tracking.search_segment (
    segment_start timestamptz NOT NULL CONSTRAINT search_segment_pkey PRIMARY KEY,
    segment_end timestamptz NOT NULL,
    first_execution timestamptz,
    last_execution timestamptz,
    versions bigint NOT NULL,
    CONSTRAINT search_segment_order CHECK (segment_start < segment_end)
);
COMMENT ON TABLE script_tracking.search_segment IS
    'Times whose versions are in the blocks of the search; a search reads the rows of all other times';
COMMENT ON COLUMN script_tracking.search_segment.segment_start IS 'Covers versions with a load_date from here on';
COMMENT ON COLUMN script_tracking.search_segment.segment_end IS 'and before this';
COMMENT ON COLUMN script_tracking.search_segment.first_execution IS 'When the first of their executions began';
COMMENT ON COLUMN script_tracking.search_segment.last_execution IS 'When the last of their executions began';
COMMENT ON COLUMN script_tracking.search_segment.versions IS 'How many versions there were';

CREATE TABLE script_tracking.search_block (
    search_block_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY CONSTRAINT search_block_pkey PRIMARY KEY,
    segment_start timestamptz NOT NULL,
    tenant_hk bytea,
    block_start timestamptz NOT NULL,
    block_end timestamptz NOT NULL,
    first_execution timestamptz NOT NULL,
    last_execution timestamptz NOT NULL,
    versions integer NOT NULL,
    load_dates timestamptz[],
    slots integer[]
);
CREATE INDEX search_block_segment_start ON script_tracking.search_block (segment_start);
-- Entries of one segment are added to the index together, which takes a tenth of the time. advance_search does it before it
-- ends, so that no search reads the list.
CREATE INDEX search_block_slots ON script_tracking.search_block USING gin (slots) WITH (gin_pending_list_limit = 65536);
-- Of a tenant's own: by the other index the time of its search would depend on the words of others.
CREATE INDEX search_block_tenant ON script_tracking.search_block (tenant_hk, last_execution) WHERE tenant_hk IS NOT NULL;
CREATE INDEX search_block_unread ON script_tracking.search_block (segment_start) WHERE slots IS NULL;
COMMENT ON TABLE script_tracking.search_block IS
    'Which words and parts of words occur in a run of versions of one tenant: only hashes, and of many words each';
COMMENT ON COLUMN script_tracking.search_block.search_block_id IS 'Number of the block';
COMMENT ON COLUMN script_tracking.search_block.segment_start IS 'The segment to which it belongs';
COMMENT ON COLUMN script_tracking.search_block.tenant_hk IS 'The tenant of its versions; NULL: the platform';
COMMENT ON COLUMN script_tracking.search_block.block_start IS 'The first load_date of its versions';
COMMENT ON COLUMN script_tracking.search_block.block_end IS 'The last load_date of its versions';
COMMENT ON COLUMN script_tracking.search_block.first_execution IS 'When the first of them began';
COMMENT ON COLUMN script_tracking.search_block.last_execution IS 'When the last of them began';
COMMENT ON COLUMN script_tracking.search_block.versions IS 'How many versions it has';
COMMENT ON COLUMN script_tracking.search_block.load_dates IS
    'The load_date of each; NULL: all versions from block_start to block_end are this tenant''s';
COMMENT ON COLUMN script_tracking.search_block.slots IS
    'Hashes, from 0 to 262143, of its words, of three characters and of six; NULL: too many, so it is always read';

CREATE TABLE script_tracking.search_state (
    is_only boolean NOT NULL DEFAULT true CONSTRAINT search_state_pkey PRIMARY KEY CHECK (is_only),
    place jsonb,
    covered_before xid8,
    covered_without xid8[] NOT NULL DEFAULT '{}',
    changed_at timestamptz
);
COMMENT ON TABLE script_tracking.search_state IS
    'How far the segments go: a version in one is covered if its recorded_by is below covered_before and not in '
    'covered_without, or NULL; a search reads all others';
COMMENT ON COLUMN script_tracking.search_state.place IS
    'Server, database and table: elsewhere its transaction ids mean nothing; NULL: nothing was built yet';
COMMENT ON COLUMN script_tracking.search_state.covered_before IS 'No transaction from this one on is covered';
COMMENT ON COLUMN script_tracking.search_state.covered_without IS 'Nor are these, which had not ended';
COMMENT ON COLUMN script_tracking.search_state.changed_at IS
    'When segments were last written or removed; whoever does that locks this row';
INSERT INTO script_tracking.search_state DEFAULT VALUES;

INSERT INTO script_tracking.setting (setting_name, setting_value, default_value, allowed_values, description)
VALUES ('search.index', 'on', 'on', '{on,off}', 'Whether maintain notes which words occur where, so that searches read less');
