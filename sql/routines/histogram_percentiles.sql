-- The durations that such shares of those in a histogram do not exceed: the middle of a slot, within 4 %. All shares, in
-- rising order, in one pass.
CREATE OR REPLACE FUNCTION script_tracking.histogram_percentiles(
    p_shares pg_catalog."numeric"[],
    p_slots pg_catalog.int2[],
    p_slot_counts pg_catalog.int8[],
    p_longest_ms pg_catalog."numeric"
)
RETURNS pg_catalog."numeric"[]
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_count pg_catalog.int8;
    v_durations pg_catalog.int8 := 0;
    v_passed pg_catalog.int8 := 0;
    v_place pg_catalog.int4 := 0;
    v_share pg_catalog.int4 := 1;
    v_rank pg_catalog.int8;
    v_found pg_catalog."numeric"[] := '{}';
BEGIN
    FOREACH v_count IN ARRAY coalesce(p_slot_counts, '{}') LOOP
        v_durations := v_durations + v_count;
    END LOOP;
    v_rank := ceil(p_shares[1] * v_durations);
    FOREACH v_count IN ARRAY coalesce(p_slot_counts, '{}') LOOP
        v_place := v_place + 1;
        v_passed := v_passed + v_count;
        WHILE v_passed >= v_rank LOOP
            v_found := v_found || least(p_longest_ms,
                round((power(1.08::pg_catalog.float8, p_slots[v_place] + 0.5) / 1000)::pg_catalog."numeric", 6));
            v_share := v_share + 1;
            v_rank := ceil(p_shares[v_share] * v_durations);
        END LOOP;
        EXIT WHEN v_rank IS NULL;
    END LOOP;
    RETURN v_found;
END
$function$;

COMMENT ON FUNCTION script_tracking.histogram_percentiles IS
    'Percentiles in milliseconds, within 4 %, from a histogram of durations; none of an empty one';
