-- What leaves the database: notices, which are events that are not executions, and the cursor of each endpoint that events
-- are sent to. See docs/events.md.

CREATE TABLE script_tracking.notice (
    notice_hk bytea NOT NULL DEFAULT sha256(uuid_send(gen_random_uuid())),
    load_date timestamptz NOT NULL DEFAULT clock_timestamp(),
    version_number bigint NOT NULL DEFAULT nextval('script_tracking.script_execution_version_seq'),
    notice_type varchar(40) NOT NULL,
    subject varchar(320) NOT NULL,
    tenant_hk bytea,
    notice_data jsonb NOT NULL,
    record_source varchar(255) NOT NULL,
    recorded_by xid8 DEFAULT pg_current_xact_id(),
    CONSTRAINT notice_pkey PRIMARY KEY (load_date, notice_hk)
);
COMMENT ON TABLE script_tracking.notice IS
    'Events that are not executions: an alert that fired, a verification that failed, capture that failed';
COMMENT ON COLUMN script_tracking.notice.notice_hk IS 'Random; with load_date the id of the event';
COMMENT ON COLUMN script_tracking.notice.load_date IS 'When the row was written';
COMMENT ON COLUMN script_tracking.notice.version_number IS 'Its place in the order of all events: from the sequence of the versions';
COMMENT ON COLUMN script_tracking.notice.notice_type IS 'alert.fired, verification.failed and others: the type of the event';
COMMENT ON COLUMN script_tracking.notice.subject IS 'What it is about, for example the name of the alert';
COMMENT ON COLUMN script_tracking.notice.tenant_hk IS 'The tenant that it concerns; NULL: the platform';
COMMENT ON COLUMN script_tracking.notice.notice_data IS 'The details, as they are sent';
COMMENT ON COLUMN script_tracking.notice.record_source IS 'The writer and the node';
COMMENT ON COLUMN script_tracking.notice.recorded_by IS 'The transaction that wrote it on this server; NULL: it came with a dump';
CREATE INDEX idx_notice_recorded_by ON script_tracking.notice (recorded_by, version_number) WHERE recorded_by IS NOT NULL;

-- Every row is updated often, and no update changes the index.
CREATE TABLE script_tracking.event_endpoint (
    endpoint_name varchar(63) NOT NULL CONSTRAINT event_endpoint_pkey PRIMARY KEY,
    endpoint_kind varchar(20) NOT NULL,
    event_types text[] NOT NULL,
    tenant_hks bytea[],
    configuration jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by varchar(63) NOT NULL DEFAULT session_user,
    place jsonb NOT NULL,
    timeline bigint NOT NULL,
    delivered pg_snapshot NOT NULL,
    floor_version bigint NOT NULL DEFAULT 0,
    target pg_snapshot,
    is_by_load_date boolean NOT NULL DEFAULT false,
    replay_until timestamptz,
    position_version bigint,
    position_load_date timestamptz,
    position_hk bytea,
    sent_count bigint NOT NULL DEFAULT 0,
    event_chain bytea NOT NULL DEFAULT '',
    last_event_id text,
    last_event_at timestamptz,
    last_sent_at timestamptz,
    removed_count bigint NOT NULL DEFAULT 0,
    lease bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    leased_by text,
    claimed_at timestamptz,
    held_at timestamptz,
    held_because text
) WITH (fillfactor = 50);
COMMENT ON TABLE script_tracking.event_endpoint IS
    'Where events are sent, and how far: what is not visible in the snapshot delivered and is visible now is new';
COMMENT ON COLUMN script_tracking.event_endpoint.endpoint_name IS 'Its name';
COMMENT ON COLUMN script_tracking.event_endpoint.endpoint_kind IS 'webhook, stream or export: which command reads it';
COMMENT ON COLUMN script_tracking.event_endpoint.event_types IS 'The types of events that it gets; execution.* and * are patterns';
COMMENT ON COLUMN script_tracking.event_endpoint.tenant_hks IS 'The tenants whose events it gets; NULL: all events';
COMMENT ON COLUMN script_tracking.event_endpoint.configuration IS 'The address and format; secrets are encrypted';
COMMENT ON COLUMN script_tracking.event_endpoint.created_at IS 'When it was created';
COMMENT ON COLUMN script_tracking.event_endpoint.created_by IS 'The login that created it';
COMMENT ON COLUMN script_tracking.event_endpoint.place IS 'Server, database and table in which its transaction ids mean something';
COMMENT ON COLUMN script_tracking.event_endpoint.timeline IS 'The timeline of the server when it was last read';
COMMENT ON COLUMN script_tracking.event_endpoint.delivered IS 'Every event that is visible in this snapshot is delivered';
COMMENT ON COLUMN script_tracking.event_endpoint.floor_version IS 'Versions up to this number are not new: a restore brought them';
COMMENT ON COLUMN script_tracking.event_endpoint.target IS
    'The snapshot of a difference that is longer than one batch; NULL: none is under way';
COMMENT ON COLUMN script_tracking.event_endpoint.is_by_load_date IS
    'Whether that difference is so long that it is read in order of load_date, which has an index over all months';
COMMENT ON COLUMN script_tracking.event_endpoint.replay_until IS 'Up to which load_date events are sent again; NULL: none are';
COMMENT ON COLUMN script_tracking.event_endpoint.position_version IS 'The last version_number delivered of the difference';
COMMENT ON COLUMN script_tracking.event_endpoint.position_load_date IS 'The last load_date delivered, in order of load_date';
COMMENT ON COLUMN script_tracking.event_endpoint.position_hk IS 'The last hash key delivered of that load_date';
COMMENT ON COLUMN script_tracking.event_endpoint.sent_count IS 'How many events were delivered; the running number of the last one';
COMMENT ON COLUMN script_tracking.event_endpoint.event_chain IS
    'SHA-256 over the chain before and the id of the last event: a receiver that keeps it notices a fork';
COMMENT ON COLUMN script_tracking.event_endpoint.last_event_id IS 'The id of the last event delivered';
COMMENT ON COLUMN script_tracking.event_endpoint.last_event_at IS 'When the last event delivered was recorded';
COMMENT ON COLUMN script_tracking.event_endpoint.last_sent_at IS 'When it was delivered';
COMMENT ON COLUMN script_tracking.event_endpoint.removed_count IS 'How many events a cleanup removed before they were delivered';
COMMENT ON COLUMN script_tracking.event_endpoint.lease IS 'The number of the lease: a worker whose number is older has lost it';
COMMENT ON COLUMN script_tracking.event_endpoint.lease_until IS 'Until when the worker has it to itself';
COMMENT ON COLUMN script_tracking.event_endpoint.leased_by IS 'That worker: host and process';
COMMENT ON COLUMN script_tracking.event_endpoint.claimed_at IS 'When events were last claimed';
COMMENT ON COLUMN script_tracking.event_endpoint.held_at IS 'Since when nothing is sent; NULL: it is active';
COMMENT ON COLUMN script_tracking.event_endpoint.held_because IS 'The reason for that';
