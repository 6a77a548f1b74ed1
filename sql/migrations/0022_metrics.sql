-- What a monitoring system reads: counters that only ever grow, whatever cleanup removes. See docs/metrics.md.

CREATE TABLE script_tracking.execution_counter (
    tenant_hk bytea NOT NULL,
    script_type varchar(50) NOT NULL,
    execution_status varchar(20) NOT NULL,
    error_class text NOT NULL,
    executions bigint NOT NULL,
    timed bigint NOT NULL,
    duration_ms numeric NOT NULL,
    duration_histogram numeric NOT NULL,
    first_version bigint NOT NULL,
    CONSTRAINT execution_counter_pkey PRIMARY KEY (tenant_hk, script_type, execution_status, error_class)
);

COMMENT ON TABLE script_tracking.execution_counter IS
    'How often an execution ended in each way since counting began. Cleanup does not reduce it';
COMMENT ON COLUMN script_tracking.execution_counter.tenant_hk IS 'Empty: the platform''s, for administrators';
COMMENT ON COLUMN script_tracking.execution_counter.error_class IS
    'The first two characters of the SQLSTATE; unknown: it failed without one; empty: it did not fail';
COMMENT ON COLUMN script_tracking.execution_counter.executions IS 'How many';
COMMENT ON COLUMN script_tracking.execution_counter.timed IS 'How many of them have a duration';
COMMENT ON COLUMN script_tracking.execution_counter.duration_ms IS 'The sum of their durations, in milliseconds';
COMMENT ON COLUMN script_tracking.execution_counter.duration_histogram IS
    'How many durations are in each bucket of duration_bounds(), 15 decimal digits a bucket';
COMMENT ON COLUMN script_tracking.execution_counter.first_version IS
    'The first version that was counted here. It decides which tenants and types have a label of their own';

CREATE TABLE script_tracking.counter_state (
    is_only boolean NOT NULL DEFAULT true CONSTRAINT counter_state_pkey PRIMARY KEY CHECK (is_only),
    place jsonb NOT NULL,
    counted_before xid8 NOT NULL,
    counted_without xid8[] NOT NULL DEFAULT '{}',
    counting_since timestamptz NOT NULL DEFAULT clock_timestamp(),
    advanced_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

COMMENT ON TABLE script_tracking.counter_state IS
    'How far execution_counter goes: a version is in it if its recorded_by is below counted_before and not in counted_without';
COMMENT ON COLUMN script_tracking.counter_state.place IS 'Server, database and table: elsewhere its transaction ids mean nothing';
COMMENT ON COLUMN script_tracking.counter_state.counted_before IS 'No transaction from this one on is counted';
COMMENT ON COLUMN script_tracking.counter_state.counted_without IS 'Nor are these, which had not ended';
COMMENT ON COLUMN script_tracking.counter_state.counting_since IS 'When counting began';
COMMENT ON COLUMN script_tracking.counter_state.advanced_at IS 'When the counters were last brought up to date';

-- Counting begins here: counting what is there already would take minutes in a long record, and a rate does not need it.
INSERT INTO script_tracking.counter_state (place, counted_before)
SELECT jsonb_build_object('database', d.oid, 'system', c.system_identifier::text,
        'table', 'script_tracking.script_execution_s'::regclass::oid),
    pg_snapshot_xmin(pg_current_snapshot())
FROM pg_catalog.pg_database AS d
CROSS JOIN pg_control_system() AS c
WHERE d.datname = current_database();
