-- Histograms of the rollups as one number each, which the server adds up fifty times as fast as it merges arrays: see
-- docs/decisions/0013-histograms.md.

CREATE FUNCTION script_tracking.histogram_of_slots(p_slots smallint[], p_slot_counts bigint[])
RETURNS numeric
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT sum(u.slot_count * ('1e' || 10 * u.slot)::numeric)
    FROM unnest(p_slots, p_slot_counts) AS u (slot, slot_count)
$function$;

ALTER TABLE script_tracking.rollup_total
    ALTER COLUMN slot_counts TYPE numeric USING CASE cardinality(slots)
        WHEN 0 THEN 0
        WHEN 1 THEN slot_counts[1] * ('1e' || 10 * slots[1])::numeric
        ELSE script_tracking.histogram_of_slots(slots, slot_counts) END;
ALTER TABLE script_tracking.rollup_total RENAME COLUMN slot_counts TO histogram;
ALTER TABLE script_tracking.rollup_total ALTER COLUMN histogram SET STATISTICS 0;
ALTER TABLE script_tracking.rollup_total DROP COLUMN slots;

-- Mostly of one slot: where there is one execution an hour.
ALTER TABLE script_tracking.rollup_tenant
    ALTER COLUMN slot_counts TYPE numeric USING CASE cardinality(slots)
        WHEN 0 THEN 0
        WHEN 1 THEN slot_counts[1] * ('1e' || 10 * slots[1])::numeric
        ELSE script_tracking.histogram_of_slots(slots, slot_counts) END;
ALTER TABLE script_tracking.rollup_tenant RENAME COLUMN slot_counts TO histogram;
ALTER TABLE script_tracking.rollup_tenant ALTER COLUMN histogram SET STATISTICS 0;
ALTER TABLE script_tracking.rollup_tenant DROP COLUMN slots;

DROP FUNCTION script_tracking.histogram_of_slots(smallint[], bigint[]);

COMMENT ON COLUMN script_tracking.rollup_total.histogram IS
    'Of the durations: the sum of 10^(10 n) for each in slot n, from 1.08^n to 1.08^(n+1) microseconds. Ten decimal '
    'digits a slot, so that the sum of two such numbers is the histogram of both';

-- They take or return something else now. A new database has no routines yet.
DO $routines$
DECLARE
    v_routine regprocedure;
BEGIN
    FOR v_routine IN
        SELECT p.oid FROM pg_proc AS p
        WHERE p.pronamespace = 'script_tracking'::regnamespace
            AND p.proname IN ('tally_executions', 'tally_rows', 'histogram_percentiles')
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_routine);
    END LOOP;
END
$routines$;
