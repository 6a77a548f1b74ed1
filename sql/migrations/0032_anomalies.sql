-- What `dbtrack anomalies` needs: who and what was seen first when, counts by login, and how unusual each hour was.
-- `dbtrack maintain` writes all of it afterwards, so capture pays nothing. See docs/anomalies.md.

CREATE TABLE script_tracking.first_seen (
    seen_kind varchar(20) NOT NULL,
    tenant_hk bytea NOT NULL,
    db_session_user varchar(63) NOT NULL,
    subject varchar(255) NOT NULL,
    first_at timestamptz NOT NULL,
    script_execution_hk bytea NOT NULL,
    recorded_by xid8 DEFAULT pg_current_xact_id(),
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT first_seen_pkey PRIMARY KEY (tenant_hk, seen_kind, db_session_user, subject),
    CONSTRAINT first_seen_kind_known CHECK (seen_kind IN
        ('login', 'address', 'application', 'agent', 'command', 'login_command', 'login_schema'))
);
CREATE INDEX first_seen_first_at ON script_tracking.first_seen (first_at);
-- What is new in each tenant since it was learned, and how much of a kind is usual there.
CREATE INDEX first_seen_kind ON script_tracking.first_seen (tenant_hk, seen_kind, first_at);
CREATE INDEX first_seen_recorded_by ON script_tracking.first_seen (recorded_by);
COMMENT ON TABLE script_tracking.first_seen IS
    'When each login, address, application, agent and kind of command was first recorded, for each tenant; cleanup keeps it';
COMMENT ON COLUMN script_tracking.first_seen.seen_kind IS
    'login, address, application, agent, command; login_command and login_schema are pairs of a login and what it did or where';
COMMENT ON COLUMN script_tracking.first_seen.tenant_hk IS 'Hash key of the tenant; empty: the platform''s, for administrators';
COMMENT ON COLUMN script_tracking.first_seen.db_session_user IS 'The login, of a login and of a pair; otherwise empty';
COMMENT ON COLUMN script_tracking.first_seen.subject IS
    'The address, application, agent, command or schema; empty: it is a login. In applications # stands for a number';
COMMENT ON COLUMN script_tracking.first_seen.first_at IS 'When the earliest execution began in which it was seen';
COMMENT ON COLUMN script_tracking.first_seen.script_execution_hk IS 'That execution, which cleanup may have removed since';
COMMENT ON COLUMN script_tracking.first_seen.recorded_by IS 'The transaction that noted it on this server';
COMMENT ON COLUMN script_tracking.first_seen.noted_at IS 'When it was noted';

CREATE TABLE script_tracking.rollup_login (
    hour_start timestamptz NOT NULL,
    tenant_hk bytea NOT NULL,
    db_session_user varchar(63) NOT NULL,
    ended bigint NOT NULL,
    failed bigint NOT NULL,
    timed bigint NOT NULL,
    duration_ms numeric NOT NULL,
    out_of_hours bigint NOT NULL,
    script_execution_hk bytea,
    recorded_by xid8 DEFAULT pg_current_xact_id(),
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT rollup_login_pkey PRIMARY KEY (hour_start, tenant_hk, db_session_user)
);
CREATE INDEX rollup_login_out_of_hours ON script_tracking.rollup_login (hour_start) WHERE out_of_hours > 0;
COMMENT ON TABLE script_tracking.rollup_login IS
    'How many versions ended an execution, by the hour in which it began and by login; kept for 100 days';
COMMENT ON COLUMN script_tracking.rollup_login.hour_start IS 'When the hour begins';
COMMENT ON COLUMN script_tracking.rollup_login.tenant_hk IS 'Hash key of the tenant; empty: the platform''s, for administrators';
COMMENT ON COLUMN script_tracking.rollup_login.db_session_user IS 'The login';
COMMENT ON COLUMN script_tracking.rollup_login.ended IS 'How many ended';
COMMENT ON COLUMN script_tracking.rollup_login.failed IS 'How many of them failed, were cancelled or abandoned';
COMMENT ON COLUMN script_tracking.rollup_login.timed IS 'How many of them have a duration';
COMMENT ON COLUMN script_tracking.rollup_login.duration_ms IS 'The sum of their durations, in milliseconds';
COMMENT ON COLUMN script_tracking.rollup_login.out_of_hours IS
    'How many were DDL outside evidence.hours, as it was set when they were counted';
COMMENT ON COLUMN script_tracking.rollup_login.script_execution_hk IS 'One of those outside evidence.hours';
COMMENT ON COLUMN script_tracking.rollup_login.recorded_by IS
    'The transaction that first counted one outside evidence.hours; until then the one that wrote the row';
COMMENT ON COLUMN script_tracking.rollup_login.noted_at IS 'When that was';

CREATE TABLE script_tracking.anomaly_score (
    hour_start timestamptz NOT NULL,
    measure varchar(20) NOT NULL,
    subject_kind varchar(10) NOT NULL,
    tenant_hk bytea NOT NULL,
    subject varchar(63) NOT NULL,
    value numeric NOT NULL,
    expected numeric NOT NULL,
    deviation numeric NOT NULL,
    score numeric NOT NULL,
    recorded_by xid8 DEFAULT pg_current_xact_id(),
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT anomaly_score_pkey PRIMARY KEY (hour_start, measure, subject_kind, tenant_hk, subject),
    CONSTRAINT anomaly_score_measure_known CHECK (measure IN ('operations', 'failures', 'duration_ms', 'waited_ms')),
    CONSTRAINT anomaly_score_kind_known CHECK (subject_kind IN ('all', 'type', 'tenant', 'login'))
);
COMMENT ON TABLE script_tracking.anomaly_score IS
    'Hours in which a measure was at least three deviations above what is usual; get_anomalies chooses from them';
COMMENT ON COLUMN script_tracking.anomaly_score.hour_start IS 'When the hour begins';
COMMENT ON COLUMN script_tracking.anomaly_score.measure IS 'operations, failures, duration_ms (the mean), waited_ms (for locks, in all)';
COMMENT ON COLUMN script_tracking.anomaly_score.subject_kind IS 'Of what: type, or all types; tenant: a type of a tenant; login';
COMMENT ON COLUMN script_tracking.anomaly_score.tenant_hk IS
    'Hash key of the tenant; empty: the platform''s, or all tenants, for administrators';
COMMENT ON COLUMN script_tracking.anomaly_score.subject IS 'The type or the login; empty: all types';
COMMENT ON COLUMN script_tracking.anomaly_score.value IS 'The measure in this hour';
COMMENT ON COLUMN script_tracking.anomaly_score.expected IS
    'What is usual: of counts their mean, mostly that of the same hour of the week, of times the power of the mean of their logarithms';
COMMENT ON COLUMN script_tracking.anomaly_score.deviation IS 'The deviation from it; of times that of their logarithms';
COMMENT ON COLUMN script_tracking.anomaly_score.score IS 'How many deviations the value is above what is usual';
COMMENT ON COLUMN script_tracking.anomaly_score.recorded_by IS 'The transaction that wrote it, or raised its score by a tenth';
COMMENT ON COLUMN script_tracking.anomaly_score.noted_at IS 'When that was';

CREATE TABLE script_tracking.anomaly_usual (
    measure varchar(20) NOT NULL,
    subject_kind varchar(10) NOT NULL,
    tenant_hk bytea NOT NULL,
    subject varchar(63) NOT NULL,
    expected numeric NOT NULL,
    deviation numeric NOT NULL,
    CONSTRAINT anomaly_usual_pkey PRIMARY KEY (measure, subject_kind, tenant_hk, subject)
);
COMMENT ON TABLE script_tracking.anomaly_usual IS 'What is usual in the hour that is running, so that it need not end to be judged';
COMMENT ON COLUMN script_tracking.anomaly_usual.measure IS 'As in anomaly_score';
COMMENT ON COLUMN script_tracking.anomaly_usual.subject_kind IS 'As in anomaly_score';
COMMENT ON COLUMN script_tracking.anomaly_usual.tenant_hk IS 'As in anomaly_score';
COMMENT ON COLUMN script_tracking.anomaly_usual.subject IS 'As in anomaly_score';
COMMENT ON COLUMN script_tracking.anomaly_usual.expected IS 'As in anomaly_score';
COMMENT ON COLUMN script_tracking.anomaly_usual.deviation IS 'As in anomaly_score';

CREATE TABLE script_tracking.anomaly_state (
    is_only boolean NOT NULL DEFAULT true CONSTRAINT anomaly_state_pkey PRIMARY KEY CHECK (is_only),
    place jsonb,
    noted_before xid8,
    noted_without xid8[] NOT NULL DEFAULT '{}',
    scored_before timestamptz,
    waits_before timestamptz NOT NULL DEFAULT '-infinity',
    advanced_at timestamptz
);
COMMENT ON TABLE script_tracking.anomaly_state IS
    'How far first_seen, rollup_login and anomaly_score go; whoever advances them locks this row';
COMMENT ON COLUMN script_tracking.anomaly_state.place IS
    'Server, database and table: elsewhere its transaction ids mean nothing; NULL: nothing was noted yet';
COMMENT ON COLUMN script_tracking.anomaly_state.noted_before IS 'No version that this or a later transaction recorded is noted';
COMMENT ON COLUMN script_tracking.anomaly_state.noted_without IS 'Nor those of these, which had not ended';
COMMENT ON COLUMN script_tracking.anomaly_state.scored_before IS 'Hours that begin before this have their scores';
COMMENT ON COLUMN script_tracking.anomaly_state.waits_before IS 'Lock waits that were recorded before this are in the scores';
COMMENT ON COLUMN script_tracking.anomaly_state.advanced_at IS 'When it was last advanced';
INSERT INTO script_tracking.anomaly_state DEFAULT VALUES;

INSERT INTO script_tracking.setting
    (setting_name, setting_value, default_value, allowed_values, minimum_value, maximum_value, description)
VALUES
    ('anomalies.per_week', '5', '5', NULL, 1, 1000,
     'About how many anomalies a week dbtrack anomalies reports: the threshold is chosen from the eight weeks before'),
    ('anomalies.learning_days', '14', '14', NULL, 1, 55,
     'How many days of a tenant, type or login are recorded before anything of it counts as unusual');
