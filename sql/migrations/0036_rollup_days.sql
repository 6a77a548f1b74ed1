-- Counts by day, for trends over months: by tenant, type and name. `dbtrack maintain` builds them once a day is over, from the latest
-- day back; until then reports read hours or rows. See docs/decisions/0040-rollup-days.md.

CREATE TABLE script_tracking.rollup_day (
    tenant_hk bytea NOT NULL,
    subject_kind varchar(10) NOT NULL,
    day_start timestamptz NOT NULL,
    subject varchar(255) NOT NULL,
    ended bigint NOT NULL,
    completed bigint NOT NULL,
    timed bigint NOT NULL,
    longest_ms numeric,
    histogram numeric NOT NULL,
    percentiles numeric[] NOT NULL,
    has_types boolean,
    has_names boolean,
    -- The choice of the names with most executions needs no look at the rows.
    CONSTRAINT rollup_day_pkey PRIMARY KEY (tenant_hk, subject_kind, day_start, subject) INCLUDE (ended),
    CONSTRAINT rollup_day_kind_known CHECK (subject_kind IN ('all', 'type', 'name', 'platform'))
);
ALTER TABLE script_tracking.rollup_day ALTER COLUMN histogram SET STATISTICS 0, ALTER COLUMN percentiles SET STATISTICS 0;
-- Which tenants did most, without a look at their rows; and which tenants a day has.
CREATE INDEX rollup_day_tenants ON script_tracking.rollup_day (day_start) INCLUDE (tenant_hk, ended) WHERE subject_kind = 'all';
COMMENT ON TABLE script_tracking.rollup_day IS
    'Executions that have ended, counted by the day in which they began, by tenant, type and name; rollup_day_state says of which days';
COMMENT ON COLUMN script_tracking.rollup_day.tenant_hk IS 'Hash key of the tenant; empty: over all tenants, for administrators';
COMMENT ON COLUMN script_tracking.rollup_day.subject_kind IS
    'all; type or name: those of this type or name; platform: those of no tenant, for administrators';
COMMENT ON COLUMN script_tracking.rollup_day.day_start IS 'When the day begins';
COMMENT ON COLUMN script_tracking.rollup_day.subject IS 'The type or the name; otherwise empty';
COMMENT ON COLUMN script_tracking.rollup_day.ended IS 'How many';
COMMENT ON COLUMN script_tracking.rollup_day.completed IS 'How many of them completed';
COMMENT ON COLUMN script_tracking.rollup_day.timed IS 'How many of them have a duration';
COMMENT ON COLUMN script_tracking.rollup_day.longest_ms IS 'The longest duration, in milliseconds';
COMMENT ON COLUMN script_tracking.rollup_day.histogram IS 'Histogram of the durations, as in rollup_total';
COMMENT ON COLUMN script_tracking.rollup_day.percentiles IS
    'The 50th, 95th and 99th percentile of the histogram, in milliseconds, so that a trend by the day need not look for them';
COMMENT ON COLUMN script_tracking.rollup_day.has_types IS
    'With subject_kind all: whether the types of this day have rows; with few executions to a type, hours and rows are read instead';
COMMENT ON COLUMN script_tracking.rollup_day.has_names IS 'The same for names';

CREATE TABLE script_tracking.rollup_day_state (
    day_start timestamptz NOT NULL CONSTRAINT rollup_day_state_pkey PRIMARY KEY,
    day_end timestamptz NOT NULL,
    counted_since timestamptz NOT NULL,
    CONSTRAINT rollup_day_state_order CHECK (day_start <= counted_since AND counted_since < day_end)
);
COMMENT ON TABLE script_tracking.rollup_day_state IS
    'Which days rollup_day has; a day that a gap of rollup_gap touches is read from hours or rows until it is counted again';
COMMENT ON COLUMN script_tracking.rollup_day_state.day_start IS 'When the day begins, in the time zone of rollups.zone';
COMMENT ON COLUMN script_tracking.rollup_day_state.day_end IS 'When the next day begins';
COMMENT ON COLUMN script_tracking.rollup_day_state.counted_since IS
    'What began from then on is counted: the whole day, if this is its start';

INSERT INTO script_tracking.setting
    (setting_name, setting_value, default_value, allowed_values, minimum_value, maximum_value, description)
VALUES
    ('rollups.zone', 'UTC', 'UTC', NULL, NULL, NULL,
     'The time zone in which days are counted, such as Europe/Berlin: dbtrack trends is quick in this zone. After a change '
     'dbtrack maintain counts all days again');

-- It takes something else now. A new database has no routines yet.
DO $routines$
DECLARE
    v_routine regprocedure;
BEGIN
    FOR v_routine IN
        SELECT p.oid FROM pg_proc AS p
        WHERE p.pronamespace = 'script_tracking'::regnamespace AND p.proname = 'tally_hours'
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_routine);
    END LOOP;
END
$routines$;
