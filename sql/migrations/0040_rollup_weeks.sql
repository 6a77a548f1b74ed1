-- Counts by week, for trends by the week and for the choice of who did most: the sums of the days of rollup_day. `dbtrack maintain`
-- builds them from the days; until then reports read days. See docs/decisions/0042-rollup-weeks.md.

CREATE TABLE script_tracking.rollup_week (
    tenant_hk bytea NOT NULL,
    subject_kind varchar(10) NOT NULL,
    week_start timestamptz NOT NULL,
    subject varchar(255) NOT NULL,
    ended bigint NOT NULL,
    completed bigint NOT NULL,
    timed bigint NOT NULL,
    longest_ms numeric,
    histogram numeric NOT NULL,
    percentiles numeric[] NOT NULL,
    -- The choice of the names with most executions needs no look at the rows.
    CONSTRAINT rollup_week_pkey PRIMARY KEY (tenant_hk, subject_kind, week_start, subject) INCLUDE (ended),
    CONSTRAINT rollup_week_kind_known CHECK (subject_kind IN ('all', 'type', 'name', 'platform'))
);
ALTER TABLE script_tracking.rollup_week ALTER COLUMN histogram SET STATISTICS 0, ALTER COLUMN percentiles SET STATISTICS 0;
-- Which tenants did most, without a look at their rows; and which tenants a week has.
CREATE INDEX rollup_week_tenants ON script_tracking.rollup_week (week_start) INCLUDE (tenant_hk, ended) WHERE subject_kind = 'all';
COMMENT ON TABLE script_tracking.rollup_week IS
    'Executions that have ended, counted by the week in which they began, by tenant, type and name; rollup_week_state says of which weeks';
COMMENT ON COLUMN script_tracking.rollup_week.tenant_hk IS 'Hash key of the tenant; empty: over all tenants, for administrators';
COMMENT ON COLUMN script_tracking.rollup_week.subject_kind IS
    'all; type or name: those of this type or name, if all days of the week have them; platform: those of no tenant, for administrators';
COMMENT ON COLUMN script_tracking.rollup_week.week_start IS 'When the week begins';
COMMENT ON COLUMN script_tracking.rollup_week.subject IS 'The type or the name; otherwise empty';
COMMENT ON COLUMN script_tracking.rollup_week.ended IS 'How many';
COMMENT ON COLUMN script_tracking.rollup_week.completed IS 'How many of them completed';
COMMENT ON COLUMN script_tracking.rollup_week.timed IS 'How many of them have a duration';
COMMENT ON COLUMN script_tracking.rollup_week.longest_ms IS 'The longest duration, in milliseconds';
COMMENT ON COLUMN script_tracking.rollup_week.histogram IS 'Histogram of the durations, as in rollup_total';
COMMENT ON COLUMN script_tracking.rollup_week.percentiles IS 'The 50th, 95th and 99th percentile of the histogram, in milliseconds';

CREATE TABLE script_tracking.rollup_week_state (
    week_start timestamptz NOT NULL CONSTRAINT rollup_week_state_pkey PRIMARY KEY,
    week_end timestamptz NOT NULL,
    CONSTRAINT rollup_week_state_order CHECK (week_start < week_end)
);
COMMENT ON TABLE script_tracking.rollup_week_state IS
    'Which weeks rollup_week has: a week whose days change is read from its days until it is counted again';
COMMENT ON COLUMN script_tracking.rollup_week_state.week_start IS 'When the week begins: a Monday in the time zone of rollups.zone';
COMMENT ON COLUMN script_tracking.rollup_week_state.week_end IS 'When the next week begins';

-- They take one argument more. A new database has no routines yet.
DO $routines$
DECLARE
    v_routine regprocedure;
BEGIN
    FOR v_routine IN
        SELECT p.oid FROM pg_proc AS p
        WHERE p.pronamespace = 'script_tracking'::regnamespace
            AND p.proname IN ('anomaly_incidents', 'add_to_rollups', 'add_to_rollup_errors', 'add_to_rollup_days')
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_routine);
    END LOOP;
END
$routines$;
