-- What became of a failure, and what an execution waited for. See docs/failures-and-waits.md.

-- A later success of an operation is found by its name. Of captured DDL the index holds no entry: capture pays nothing.
CREATE INDEX idx_script_execution_s_succeeded
    ON script_tracking.script_execution_s (script_name, execution_timestamp)
    WHERE load_end_date IS NULL AND execution_status = 'COMPLETED' AND script_type NOT IN ('DDL_AUTO', 'DDL_LOG');

CREATE TABLE script_tracking.execution_resolution_s (
    script_execution_hk bytea NOT NULL,
    load_date timestamptz NOT NULL DEFAULT clock_timestamp(),
    tenant_hk bytea,
    is_resolved boolean NOT NULL,
    reason text,
    is_of_cause boolean NOT NULL DEFAULT false,
    resolved_by varchar(63) NOT NULL,
    record_source varchar(255) NOT NULL,
    CONSTRAINT execution_resolution_s_pkey PRIMARY KEY (script_execution_hk, load_date)
);
CREATE INDEX execution_resolution_s_load_date ON script_tracking.execution_resolution_s (load_date);
COMMENT ON TABLE script_tracking.execution_resolution_s IS
    'Satellite: which failures somebody has dealt with, one row a decision; the latest row of an execution counts';
COMMENT ON COLUMN script_tracking.execution_resolution_s.script_execution_hk IS 'The execution that failed';
COMMENT ON COLUMN script_tracking.execution_resolution_s.load_date IS 'When it was decided; valid until the next row';
COMMENT ON COLUMN script_tracking.execution_resolution_s.tenant_hk IS 'The tenant of the execution; NULL: the platform';
COMMENT ON COLUMN script_tracking.execution_resolution_s.is_resolved IS 'Whether it is dealt with; false: it is open again';
COMMENT ON COLUMN script_tracking.execution_resolution_s.reason IS
    'Why, redacted; NULL where it is open again without a reason';
COMMENT ON COLUMN script_tracking.execution_resolution_s.is_of_cause IS
    'Whether it was decided for all failures of its cause at once';
COMMENT ON COLUMN script_tracking.execution_resolution_s.resolved_by IS 'The login that decided it';
COMMENT ON COLUMN script_tracking.execution_resolution_s.record_source IS 'The writer and the node';

CREATE TABLE script_tracking.execution_wait_s (
    script_execution_hk bytea NOT NULL,
    started_at timestamptz NOT NULL,
    seen_by varchar(10) NOT NULL CONSTRAINT execution_wait_s_seen_by CHECK (seen_by IN ('log', 'track')),
    load_date timestamptz NOT NULL DEFAULT clock_timestamp(),
    tenant_hk bytea,
    waited_ms numeric(15, 3) NOT NULL CONSTRAINT execution_wait_s_waited CHECK (waited_ms >= 0),
    is_acquired boolean,
    lock_mode varchar(40) NOT NULL,
    object_identity text,
    backend_pid integer NOT NULL,
    statement text,
    holders jsonb NOT NULL DEFAULT '[]',
    record_source varchar(255) NOT NULL,
    CONSTRAINT execution_wait_s_pkey PRIMARY KEY (script_execution_hk, started_at, seen_by)
);
CREATE INDEX execution_wait_s_started_at ON script_tracking.execution_wait_s (started_at);
COMMENT ON TABLE script_tracking.execution_wait_s IS
    'Satellite: the locks that an execution waited for, as the server''s log or dbtrack track saw it; rows are only added';
COMMENT ON COLUMN script_tracking.execution_wait_s.script_execution_hk IS 'The execution that waited';
COMMENT ON COLUMN script_tracking.execution_wait_s.started_at IS 'When it began to wait';
COMMENT ON COLUMN script_tracking.execution_wait_s.seen_by IS 'log: the server''s log has it; track: dbtrack track saw it';
COMMENT ON COLUMN script_tracking.execution_wait_s.load_date IS 'When the row was written';
COMMENT ON COLUMN script_tracking.execution_wait_s.tenant_hk IS 'The tenant of the execution; NULL: the platform';
COMMENT ON COLUMN script_tracking.execution_wait_s.waited_ms IS 'How long it waited, in milliseconds';
COMMENT ON COLUMN script_tracking.execution_wait_s.is_acquired IS
    'Whether it got the lock; false: it failed first; NULL: not known, it waited at least so long';
COMMENT ON COLUMN script_tracking.execution_wait_s.lock_mode IS 'The mode of the lock: AccessExclusiveLock';
COMMENT ON COLUMN script_tracking.execution_wait_s.object_identity IS
    'What the lock is on: a relation by its name, else in the server''s words';
COMMENT ON COLUMN script_tracking.execution_wait_s.backend_pid IS 'The process of the server that waited';
COMMENT ON COLUMN script_tracking.execution_wait_s.statement IS 'The statement that waited, redacted';
COMMENT ON COLUMN script_tracking.execution_wait_s.holders IS
    'Who held the lock: pid, and as far as known login, application, state, statement, transaction_start. Only for those who '
    'see all tenants';
COMMENT ON COLUMN script_tracking.execution_wait_s.record_source IS 'The writer and the node';

CREATE TABLE script_tracking.logged_wait (
    entry_hash bytea NOT NULL CONSTRAINT logged_wait_pkey PRIMARY KEY,
    load_date timestamptz NOT NULL,
    logged_at timestamptz NOT NULL,
    wait_state varchar(10) NOT NULL CONSTRAINT logged_wait_state CHECK (wait_state IN ('waiting', 'acquired', 'failed')),
    waited_ms numeric(15, 3) NOT NULL,
    backend_pid integer NOT NULL,
    db_session_user varchar(63) NOT NULL,
    application_name text,
    lock_mode varchar(40) NOT NULL,
    lock_target text NOT NULL,
    holder_pids integer[] NOT NULL,
    statement text
);
CREATE INDEX logged_wait_pid ON script_tracking.logged_wait (backend_pid, logged_at);
COMMENT ON TABLE script_tracking.logged_wait IS
    'Waits for locks that a server log reports and whose execution is not recorded yet. Kept for a week';
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
