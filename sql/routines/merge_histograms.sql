-- The sum of two histograms of durations, for what adds to a bucket of the rollups.
CREATE OR REPLACE FUNCTION script_tracking.merge_histograms(
    p_slots pg_catalog.int2[],
    p_slot_counts pg_catalog.int8[],
    p_more_slots pg_catalog.int2[],
    p_more_slot_counts pg_catalog.int8[],
    OUT o_slots pg_catalog.int2[],
    OUT o_slot_counts pg_catalog.int8[]
)
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT coalesce(array_agg(h.slot ORDER BY h.slot), '{}'), coalesce(array_agg(h.slot_count ORDER BY h.slot), '{}')
    FROM (
        SELECT u.slot, sum(u.slot_count)::pg_catalog.int8 AS slot_count
        FROM unnest(p_slots || p_more_slots, p_slot_counts || p_more_slot_counts) AS u (slot, slot_count)
        GROUP BY u.slot
    ) AS h
$function$;

COMMENT ON FUNCTION script_tracking.merge_histograms IS 'The sum of two histograms of durations';
