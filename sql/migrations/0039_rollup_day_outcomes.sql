-- Days also have how executions ended and how long they took together, so that the dashboard and the performance report over months
-- need not add up hours. See docs/decisions/0041-reports-by-days.md. `dbtrack maintain` counts all days again.

TRUNCATE script_tracking.rollup_day, script_tracking.rollup_day_state;
ALTER TABLE script_tracking.rollup_day
    ADD COLUMN failed bigint NOT NULL,
    ADD COLUMN cancelled bigint NOT NULL,
    ADD COLUMN abandoned bigint NOT NULL,
    ADD COLUMN duration_ms numeric NOT NULL;
ALTER TABLE script_tracking.rollup_day ALTER COLUMN duration_ms SET STATISTICS 0;
-- The dashboard by tenant adds up the days of all tenants from the index alone.
DROP INDEX script_tracking.rollup_day_tenants;
CREATE INDEX rollup_day_tenants ON script_tracking.rollup_day (day_start)
    INCLUDE (tenant_hk, ended, completed, failed, timed, duration_ms) WHERE subject_kind = 'all';
COMMENT ON COLUMN script_tracking.rollup_day.failed IS 'How many of them failed';
COMMENT ON COLUMN script_tracking.rollup_day.cancelled IS 'How many of them were cancelled';
COMMENT ON COLUMN script_tracking.rollup_day.abandoned IS 'How many of them were abandoned';
COMMENT ON COLUMN script_tracking.rollup_day.duration_ms IS 'The sum of the durations, in milliseconds';

-- It takes something else now. A new database has no routines yet.
DO $routines$
DECLARE
    v_routine regprocedure;
BEGIN
    FOR v_routine IN
        SELECT p.oid FROM pg_proc AS p
        WHERE p.pronamespace = 'script_tracking'::regnamespace AND p.proname = 'rollup_reach'
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_routine);
    END LOOP;
END
$routines$;
