-- Which transaction wrote a version, on this server: what is new since a moment is found by it, in whatever order
-- transactions commit and rows arrive. See docs/decisions/0016-recorded-by.md.

-- Without a default first, so that no row is rewritten. Versions that are there already keep NULL.
ALTER TABLE script_tracking.script_execution_s ADD COLUMN recorded_by xid8;
ALTER TABLE script_tracking.script_execution_s ALTER COLUMN recorded_by SET DEFAULT pg_current_xact_id();

COMMENT ON COLUMN script_tracking.script_execution_s.recorded_by IS
    'The transaction that wrote this version on this server; NULL: it was written before this column was, or it came '
    'back from an archive or from another schema';

-- Nobody can record anything until the installation is committed, so only what is being written gets its index here. The
-- months before get theirs from index_months(), one after the other.
CREATE INDEX idx_script_execution_s_recorded_by
    ON ONLY script_tracking.script_execution_s (recorded_by, version_number) WHERE recorded_by IS NOT NULL;

DO $partitions$
DECLARE
    v_partition name;
BEGIN
    FOR v_partition IN
        SELECT c.relname
        FROM pg_inherits AS i
        JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'script_tracking.script_execution_s'::regclass
            AND right(c.relname, 7) >= to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')
    LOOP
        EXECUTE format('CREATE INDEX %I ON script_tracking.%I (recorded_by, version_number) WHERE recorded_by IS NOT NULL',
            v_partition || '_recorded_by', v_partition);
        EXECUTE format('ALTER INDEX script_tracking.idx_script_execution_s_recorded_by ATTACH PARTITION script_tracking.%I',
            v_partition || '_recorded_by');
    END LOOP;
END
$partitions$;

-- The rollups know what they hold by the same column. Versions that are there and that they did not hold yet are counted again.
INSERT INTO script_tracking.rollup_gap (gap_start, gap_end)
SELECT date_trunc('hour', min(s.execution_timestamp), 'UTC'),
    date_trunc('hour', max(s.execution_timestamp), 'UTC') + '1 hour'::interval
FROM script_tracking.script_execution_s AS s
CROSS JOIN script_tracking.rollup_state AS r
WHERE s.load_date >= r.load_floor AND age(s.xmin) <= age(r.counted_before::xid)
HAVING count(*) > 0;

ALTER TABLE script_tracking.rollup_state
    DROP COLUMN load_floor,
    DROP COLUMN next_counted_before,
    DROP COLUMN next_load_floor,
    ADD COLUMN counted_without xid8[] NOT NULL DEFAULT '{}';

COMMENT ON TABLE script_tracking.rollup_state IS
    'How far the rollups go: a version is in them if its recorded_by is below counted_before and not in counted_without, '
    'or NULL; all others are read from the rows';
COMMENT ON COLUMN script_tracking.rollup_state.counted_before IS 'No transaction from this one on is counted';
COMMENT ON COLUMN script_tracking.rollup_state.counted_without IS 'Nor are these, which had not ended';

-- It returns something else now. A new database has no routines yet.
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
