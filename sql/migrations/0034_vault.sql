-- The central record of many databases. Rows of the sources are in the tables of the record itself, each with a tenant of
-- its source; these tables know the sources, their tenants, their seals and what was found. See docs/vault.md.

CREATE TABLE script_tracking.vault_source (
    source_name varchar(40) NOT NULL CONSTRAINT vault_source_pkey PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by name NOT NULL DEFAULT session_user,
    login_name name CONSTRAINT vault_source_login UNIQUE,
    token_hash bytea CONSTRAINT vault_source_token UNIQUE,
    expected_seconds integer NOT NULL,
    removed_at timestamptz,
    accepted_at timestamptz,
    place jsonb,
    database_name text,
    dbtrack_version text,
    last_seen_at timestamptz,
    last_arrival_at timestamptz,
    last_event_at timestamptz,
    event_number bigint NOT NULL DEFAULT 0,
    event_chain bytea NOT NULL DEFAULT '',
    executions bigint NOT NULL DEFAULT 0,
    versions bigint NOT NULL DEFAULT 0,
    block_number bigint NOT NULL DEFAULT 0,
    verified_before timestamptz,
    verified_rows bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
COMMENT ON TABLE script_tracking.vault_source IS 'The databases that push their record here, and how far each is';
COMMENT ON COLUMN script_tracking.vault_source.source_name IS 'Its name; the keys of its tenants begin with it';
COMMENT ON COLUMN script_tracking.vault_source.created_at IS 'When it was added';
COMMENT ON COLUMN script_tracking.vault_source.created_by IS 'The login that added it';
COMMENT ON COLUMN script_tracking.vault_source.login_name IS 'The login that pushes over a connection to this database; NULL: none';
COMMENT ON COLUMN script_tracking.vault_source.token_hash IS 'SHA-256 of the token that pushes over HTTPS; NULL: none';
COMMENT ON COLUMN script_tracking.vault_source.expected_seconds IS 'After so many seconds without a push it counts as silent';
COMMENT ON COLUMN script_tracking.vault_source.removed_at IS 'Since when nothing is taken from it; its rows stay';
COMMENT ON COLUMN script_tracking.vault_source.accepted_at IS
    'When findings were last accepted: what was sealed before is not compared with the rows again';
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

CREATE TABLE script_tracking.vault_tenant (
    tenant_hk bytea NOT NULL CONSTRAINT vault_tenant_pkey PRIMARY KEY REFERENCES script_tracking.tenant_h,
    source_name varchar(40) NOT NULL REFERENCES script_tracking.vault_source,
    source_tenant_hk bytea,
    load_date timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT vault_tenant_source UNIQUE NULLS NOT DISTINCT (source_name, source_tenant_hk)
);
COMMENT ON TABLE script_tracking.vault_tenant IS 'Which tenant of this database stands for which tenant of a source';
COMMENT ON COLUMN script_tracking.vault_tenant.tenant_hk IS
    'The tenant here; its key is SOURCE/TENANT, or SOURCE for rows without a tenant';
COMMENT ON COLUMN script_tracking.vault_tenant.source_name IS 'The source';
COMMENT ON COLUMN script_tracking.vault_tenant.source_tenant_hk IS 'The tenant there; NULL: rows of the platform';
COMMENT ON COLUMN script_tracking.vault_tenant.load_date IS 'When the first row of it arrived';

CREATE TABLE script_tracking.vault_block (
    source_name varchar(40) NOT NULL REFERENCES script_tracking.vault_source,
    block_number bigint NOT NULL,
    block_hash bytea NOT NULL,
    leaf_count bigint NOT NULL,
    verified_leaves bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT vault_block_pkey PRIMARY KEY (source_name, block_number)
);
COMMENT ON TABLE script_tracking.vault_block IS 'The blocks of the seals of each source, as they were when they arrived';
COMMENT ON COLUMN script_tracking.vault_block.source_name IS 'The source';
COMMENT ON COLUMN script_tracking.vault_block.block_number IS 'The number of the block there';
COMMENT ON COLUMN script_tracking.vault_block.block_hash IS 'Its hash: another one for the same number means that the seals were rewritten';
COMMENT ON COLUMN script_tracking.vault_block.leaf_count IS 'How many rows it seals';
COMMENT ON COLUMN script_tracking.vault_block.verified_leaves IS 'How many of these were compared with the rows here, and agree';
COMMENT ON COLUMN script_tracking.vault_block.sealed_at IS 'When the source sealed it';
COMMENT ON COLUMN script_tracking.vault_block.received_at IS 'When it arrived';

CREATE TABLE script_tracking.vault_finding (
    finding_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT vault_finding_pkey PRIMARY KEY,
    source_name varchar(40) NOT NULL REFERENCES script_tracking.vault_source,
    finding_kind varchar(20) NOT NULL,
    subject text NOT NULL,
    details text NOT NULL,
    found_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_found_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    accepted_at timestamptz,
    accepted_by name,
    reason text,
    CONSTRAINT vault_finding_kind CHECK (finding_kind IN ('place', 'fork', 'gap', 'foreign', 'rewritten', 'seal', 'missing'))
);
CREATE UNIQUE INDEX vault_finding_open ON script_tracking.vault_finding (source_name, finding_kind, subject)
    WHERE accepted_at IS NULL;
COMMENT ON TABLE script_tracking.vault_finding IS 'What does not agree in what a source pushed';
COMMENT ON COLUMN script_tracking.vault_finding.finding_id IS 'Its number';
COMMENT ON COLUMN script_tracking.vault_finding.source_name IS 'The source';
COMMENT ON COLUMN script_tracking.vault_finding.finding_kind IS
    'place: another database pushes; fork, gap: the chain of events; foreign: a row of another source; rewritten: a row or a '
    'block that had arrived differs now; seal: rows do not agree with the seal; missing: a sealed row did not arrive';
COMMENT ON COLUMN script_tracking.vault_finding.subject IS 'The event, the block or the row';
COMMENT ON COLUMN script_tracking.vault_finding.details IS 'What was expected, and what came';
COMMENT ON COLUMN script_tracking.vault_finding.found_at IS 'When it was found';
COMMENT ON COLUMN script_tracking.vault_finding.last_found_at IS 'When it was found again';
COMMENT ON COLUMN script_tracking.vault_finding.accepted_at IS 'When somebody accepted it; NULL: it is open';
COMMENT ON COLUMN script_tracking.vault_finding.accepted_by IS 'Who that was';
COMMENT ON COLUMN script_tracking.vault_finding.reason IS 'Why';
