-- The duration that so large a share of those in a histogram does not exceed: the middle of its slot, within 4 %.
CREATE OR REPLACE FUNCTION script_tracking.histogram_percentile(
    p_share pg_catalog."numeric",
    p_slots pg_catalog.int2[],
    p_slot_counts pg_catalog.int8[],
    p_longest_ms pg_catalog."numeric"
)
RETURNS pg_catalog."numeric"
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_count pg_catalog.int8;
    v_durations pg_catalog.int8 := 0;
    v_left pg_catalog.int8;
BEGIN
    FOREACH v_count IN ARRAY coalesce(p_slot_counts, '{}') LOOP
        v_durations := v_durations + v_count;
    END LOOP;
    v_left := ceil(p_share * v_durations);
    FOR v_place IN 1 .. coalesce(cardinality(p_slots), 0) LOOP
        v_left := v_left - p_slot_counts[v_place];
        IF v_left <= 0 THEN
            RETURN least(p_longest_ms, round((power(1.08::pg_catalog.float8, p_slots[v_place] + 0.5) / 1000)::pg_catalog."numeric", 6));
        END IF;
    END LOOP;
    RETURN NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.histogram_percentile IS
    'A percentile in milliseconds, within 4 %, from a histogram of durations; NULL of an empty one';
