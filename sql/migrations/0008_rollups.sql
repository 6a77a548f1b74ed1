-- What reports read instead of the rows: counts and durations by minute, ten minutes and hour. See docs/rollups.md.

CREATE TABLE script_tracking.rollup_total (
    level_minutes smallint NOT NULL,
    bucket_start timestamptz NOT NULL,
    script_type varchar(50) NOT NULL,
    completed bigint NOT NULL,
    failed bigint NOT NULL,
    cancelled bigint NOT NULL,
    abandoned bigint NOT NULL,
    timed bigint NOT NULL,
    duration_ms numeric NOT NULL,
    longest_ms numeric,
    slots smallint[] NOT NULL,
    slot_counts bigint[] NOT NULL,
    CONSTRAINT rollup_total_pkey PRIMARY KEY (level_minutes, bucket_start, script_type)
);

COMMENT ON TABLE script_tracking.rollup_total IS
    'Executions that have ended, counted by when they began: over all tenants, for administrators';
COMMENT ON COLUMN script_tracking.rollup_total.level_minutes IS 'How long the bucket is: 1, 10 or 60 minutes';
COMMENT ON COLUMN script_tracking.rollup_total.timed IS 'How many of them have a duration';
COMMENT ON COLUMN script_tracking.rollup_total.duration_ms IS 'The sum of their durations, in milliseconds';
COMMENT ON COLUMN script_tracking.rollup_total.slots IS
    'Histogram of the durations: slot n holds those from 1.08^n to 1.08^(n+1) microseconds';
COMMENT ON COLUMN script_tracking.rollup_total.slot_counts IS 'How many durations are in each of these slots';

CREATE TABLE script_tracking.rollup_tenant (
    tenant_hk bytea NOT NULL,
    level_minutes smallint NOT NULL,
    bucket_start timestamptz NOT NULL,
    script_type varchar(50) NOT NULL,
    completed bigint NOT NULL,
    failed bigint NOT NULL,
    cancelled bigint NOT NULL,
    abandoned bigint NOT NULL,
    timed bigint NOT NULL,
    duration_ms numeric NOT NULL,
    longest_ms numeric,
    slots smallint[] NOT NULL,
    slot_counts bigint[] NOT NULL,
    CONSTRAINT rollup_tenant_pkey PRIMARY KEY (tenant_hk, level_minutes, bucket_start, script_type)
);
CREATE INDEX rollup_tenant_bucket_start ON script_tracking.rollup_tenant (bucket_start);

COMMENT ON TABLE script_tracking.rollup_tenant IS 'The same for each tenant, by ten minutes and by hour';

CREATE TABLE script_tracking.rollup_error (
    tenant_hk bytea NOT NULL,
    level_minutes smallint NOT NULL,
    bucket_start timestamptz NOT NULL,
    cause_hash bytea NOT NULL,
    execution_status varchar(20) NOT NULL,
    own_sqlstate text,
    ended_by text,
    message text,
    has_statement boolean NOT NULL,
    has_hint boolean NOT NULL,
    occurrences bigint NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    last_version bigint NOT NULL,
    last_execution_hk bytea NOT NULL,
    last_load_date timestamptz NOT NULL,
    users text[] NOT NULL,
    tenants bytea[] NOT NULL,
    CONSTRAINT rollup_error_pkey PRIMARY KEY (tenant_hk, level_minutes, bucket_start, cause_hash)
);
CREATE INDEX rollup_error_bucket_start ON script_tracking.rollup_error (bucket_start);

COMMENT ON TABLE script_tracking.rollup_error IS
    'What failed, was cancelled or abandoned, by cause and by when it began; 100 causes a tenant and bucket, then others';
COMMENT ON COLUMN script_tracking.rollup_error.tenant_hk IS 'Empty: over all tenants, for administrators';
COMMENT ON COLUMN script_tracking.rollup_error.own_sqlstate IS 'As recorded, not taken from others of the same message';
COMMENT ON COLUMN script_tracking.rollup_error.message IS 'The normalised message; NULL: causes beyond the 100';
COMMENT ON COLUMN script_tracking.rollup_error.has_statement IS 'Whether the last one, and all of them, have a statement';
COMMENT ON COLUMN script_tracking.rollup_error.has_hint IS 'Whether the last one, and all of them, have a hint';
COMMENT ON COLUMN script_tracking.rollup_error.last_load_date IS 'With last_execution_hk: the version that began last';
COMMENT ON COLUMN script_tracking.rollup_error.users IS 'Their logins: the first 20';
COMMENT ON COLUMN script_tracking.rollup_error.tenants IS 'Their tenants: the first 20 by key';

CREATE TABLE script_tracking.rollup_gap (
    rollup_gap_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY CONSTRAINT rollup_gap_pkey PRIMARY KEY,
    gap_start timestamptz NOT NULL,
    gap_end timestamptz NOT NULL,
    CONSTRAINT rollup_gap_order CHECK (gap_start < gap_end)
);

COMMENT ON TABLE script_tracking.rollup_gap IS
    'Hours that the rollups do not hold, or no longer hold right: reports read their rows until they are counted anew';

CREATE TABLE script_tracking.rollup_state (
    is_only boolean NOT NULL DEFAULT true CONSTRAINT rollup_state_pkey PRIMARY KEY CHECK (is_only),
    place jsonb NOT NULL,
    counted_before xid8 NOT NULL,
    load_floor timestamptz NOT NULL,
    next_counted_before xid8,
    next_load_floor timestamptz,
    fine_since timestamptz NOT NULL,
    advanced_at timestamptz NOT NULL
);

COMMENT ON TABLE script_tracking.rollup_state IS
    'How far the rollups go: a version is in them if its load_date is below load_floor or its transaction below '
    'counted_before; all others are read from the rows';
COMMENT ON COLUMN script_tracking.rollup_state.place IS 'Server, database and table: elsewhere its transaction ids mean nothing';
COMMENT ON COLUMN script_tracking.rollup_state.counted_before IS 'Every transaction below has ended';
COMMENT ON COLUMN script_tracking.rollup_state.load_floor IS
    'No transaction from counted_before on writes a version with a load_date below this';
COMMENT ON COLUMN script_tracking.rollup_state.next_counted_before IS
    'Once all transactions below this have ended, next_load_floor may be the floor';
COMMENT ON COLUMN script_tracking.rollup_state.fine_since IS 'The buckets below an hour begin here';

-- A row, not an advisory lock: that, any user could hold.
INSERT INTO script_tracking.installation (property_name, property_value) VALUES ('lock.rollup', '');

-- Of completed executions of no tenant none of these holds an entry: capture pays nothing for them.
CREATE INDEX idx_script_execution_s_unsuccessful
    ON script_tracking.script_execution_s (execution_timestamp DESC)
    WHERE load_end_date IS NULL AND execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED');
CREATE INDEX idx_script_execution_s_running
    ON script_tracking.script_execution_s (execution_timestamp)
    WHERE load_end_date IS NULL AND execution_status = 'RUNNING';
CREATE INDEX idx_script_execution_s_tenant_timestamp
    ON script_tracking.script_execution_s (tenant_hk, execution_timestamp DESC)
    WHERE load_end_date IS NULL AND tenant_hk IS NOT NULL;
