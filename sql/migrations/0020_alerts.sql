-- Alerts: conditions over reports, and for each group of rows whether the condition holds. See docs/alerts.md.

CREATE TABLE script_tracking.alert (
    alert_name varchar(63) NOT NULL CONSTRAINT alert_pkey PRIMARY KEY,
    report_name varchar(63) NOT NULL,
    is_event boolean NOT NULL,
    condition text NOT NULL,
    severity varchar(10) NOT NULL CONSTRAINT alert_severity CHECK (severity IN ('info', 'warning', 'critical')),
    tenant_hk bytea,
    group_by varchar(10) CONSTRAINT alert_group_by CHECK (group_by IN ('tenant', 'name', 'user')),
    at_least integer NOT NULL CONSTRAINT alert_at_least CHECK (at_least > 0),
    counted_for interval NOT NULL,
    hold_for interval NOT NULL,
    clear_for interval NOT NULL,
    remind_every interval,
    with_announced boolean NOT NULL,
    endpoints text[],
    silenced_until timestamptz,
    silence_reason text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by name NOT NULL DEFAULT session_user,
    failed_since timestamptz,
    failure text
);
COMMENT ON TABLE script_tracking.alert IS 'Conditions over reports that dbtrack alert check and dbtrack notify evaluate';
COMMENT ON COLUMN script_tracking.alert.alert_name IS 'Name of the alert';
COMMENT ON COLUMN script_tracking.alert.report_name IS 'The report whose rows the condition is about';
COMMENT ON COLUMN script_tracking.alert.is_event IS
    'Whether each row of the report is an event that is counted once; false: the rows say how things are now';
COMMENT ON COLUMN script_tracking.alert.condition IS 'Which rows match, as the administrator wrote it';
COMMENT ON COLUMN script_tracking.alert.severity IS 'info, warning or critical';
COMMENT ON COLUMN script_tracking.alert.tenant_hk IS 'Hash key of the tenant whose rows are looked at; NULL: all rows';
COMMENT ON COLUMN script_tracking.alert.group_by IS 'Each tenant, name or user has a state of its own; NULL: one state';
COMMENT ON COLUMN script_tracking.alert.at_least IS 'How many rows must match';
COMMENT ON COLUMN script_tracking.alert.counted_for IS 'How long a matching event counts';
COMMENT ON COLUMN script_tracking.alert.hold_for IS 'How long the condition must hold before the alert fires';
COMMENT ON COLUMN script_tracking.alert.clear_for IS 'How long the condition must not hold before the alert is resolved';
COMMENT ON COLUMN script_tracking.alert.remind_every IS 'How often a firing alert is notified again; NULL: never';
COMMENT ON COLUMN script_tracking.alert.with_announced IS
    'Whether DDL inside a tracked operation matches too; false: such DDL was announced';
COMMENT ON COLUMN script_tracking.alert.endpoints IS 'The endpoints that get its notices; NULL: all that take them';
COMMENT ON COLUMN script_tracking.alert.silenced_until IS 'Until when nothing is notified; NULL: not silenced';
COMMENT ON COLUMN script_tracking.alert.silence_reason IS 'Why it is silenced';
COMMENT ON COLUMN script_tracking.alert.created_at IS 'When it was added; earlier events do not count';
COMMENT ON COLUMN script_tracking.alert.created_by IS 'The login that added it';
COMMENT ON COLUMN script_tracking.alert.failed_since IS 'Since when it cannot be evaluated; NULL: it can be';
COMMENT ON COLUMN script_tracking.alert.failure IS 'Why it cannot be evaluated';

CREATE TABLE script_tracking.alert_state (
    alert_name varchar(63) NOT NULL REFERENCES script_tracking.alert ON DELETE CASCADE,
    group_name text NOT NULL,
    tenant_hk bytea,
    state varchar(10) NOT NULL CONSTRAINT alert_state_state CHECK (state IN ('QUIET', 'PENDING', 'FIRING')),
    since timestamptz NOT NULL,
    fired_at timestamptz,
    resolved_at timestamptz,
    cleared_at timestamptz,
    notified_at timestamptz,
    match_count bigint NOT NULL,
    notified_count bigint NOT NULL,
    arrivals jsonb NOT NULL,
    first_row jsonb,
    last_row jsonb,
    CONSTRAINT alert_state_pkey PRIMARY KEY (alert_name, group_name)
);
COMMENT ON TABLE script_tracking.alert_state IS 'Whether an alert fires, for each group of rows that has ever matched';
COMMENT ON COLUMN script_tracking.alert_state.alert_name IS 'Name of the alert';
COMMENT ON COLUMN script_tracking.alert_state.group_name IS 'The tenant, name or user; empty: it is not grouped, or there is none';
COMMENT ON COLUMN script_tracking.alert_state.tenant_hk IS 'Hash key of the tenant that the group belongs to';
COMMENT ON COLUMN script_tracking.alert_state.state IS 'QUIET, PENDING (the condition holds, but not long enough) or FIRING';
COMMENT ON COLUMN script_tracking.alert_state.since IS 'When this state began';
COMMENT ON COLUMN script_tracking.alert_state.fired_at IS 'When it last began to fire';
COMMENT ON COLUMN script_tracking.alert_state.resolved_at IS 'When it was last resolved';
COMMENT ON COLUMN script_tracking.alert_state.cleared_at IS 'Since when the condition no longer holds while it still fires';
COMMENT ON COLUMN script_tracking.alert_state.notified_at IS 'When the last notice of this firing was written; NULL: none yet';
COMMENT ON COLUMN script_tracking.alert_state.match_count IS 'Events that matched since the state was QUIET, or rows that match now';
COMMENT ON COLUMN script_tracking.alert_state.notified_count IS 'match_count at the last notice';
COMMENT ON COLUMN script_tracking.alert_state.arrivals IS 'The events that still count: pairs of a time and a number';
COMMENT ON COLUMN script_tracking.alert_state.first_row IS 'The first row that matched';
COMMENT ON COLUMN script_tracking.alert_state.last_row IS 'The last row that matched';

CREATE TABLE script_tracking.alert_cursor (
    is_only boolean NOT NULL DEFAULT true CONSTRAINT alert_cursor_pkey PRIMARY KEY CHECK (is_only),
    place jsonb,
    seen pg_snapshot,
    evaluated_at timestamptz,
    failures_noted bigint NOT NULL
);
COMMENT ON TABLE script_tracking.alert_cursor IS
    'How far alerts have been evaluated. An evaluation locks the row, so that there is one at a time';
COMMENT ON COLUMN script_tracking.alert_cursor.is_only IS 'Always true: the table has one row';
COMMENT ON COLUMN script_tracking.alert_cursor.place IS 'Server, database and table: elsewhere the snapshot means nothing';
COMMENT ON COLUMN script_tracking.alert_cursor.seen IS 'The events that were visible in this snapshot have been evaluated';
COMMENT ON COLUMN script_tracking.alert_cursor.evaluated_at IS 'When alerts were last evaluated';
COMMENT ON COLUMN script_tracking.alert_cursor.failures_noted IS 'Value of capture_failure_seq up to which there are notices';
-- What failed before is not new.
INSERT INTO script_tracking.alert_cursor (failures_noted)
SELECT CASE WHEN q.is_called THEN q.last_value ELSE 0 END FROM script_tracking.capture_failure_seq AS q;
