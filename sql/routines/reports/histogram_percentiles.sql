-- Returns the durations that the given shares of a histogram's durations do not exceed: each is the middle of a slot,
-- accurate within 4 %. The shares must be in ascending order.
CREATE OR REPLACE FUNCTION script_tracking.histogram_percentiles(
    p_shares pg_catalog."numeric"[],
    p_histogram pg_catalog."numeric",
    p_timed pg_catalog.int8,
    p_longest_ms pg_catalog."numeric"
)
RETURNS pg_catalog."numeric"[]
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- Ten digits for each slot, the longest durations first: as bytes of two digits, because the server accesses these
    -- without a search.
    v_text CONSTANT pg_catalog.text := p_histogram::pg_catalog.text;
    v_digits CONSTANT pg_catalog.bytea := decode(repeat('0', 9 - (length(v_text) + 9) % 10) || v_text, 'hex');
    -- The sum over no rows is NULL.
    v_slots CONSTANT pg_catalog.int4 := coalesce(length(v_digits) / 5, 0);
    v_share pg_catalog.int4 := cardinality(p_shares);
    -- How many durations are longer than those in the slot, and how many may be.
    v_longer pg_catalog.int8 := 0;
    v_most_longer pg_catalog.int8 := p_timed - ceil(p_shares[v_share] * p_timed);
    v_found pg_catalog."numeric"[] := '{}';
BEGIN
    -- The counter of the loop costs nothing, unlike a variable that is counted.
    FOR v_place IN 1 .. v_slots LOOP
        v_longer := v_longer + encode(substring(v_digits, 5 * v_place - 4, 5), 'hex')::pg_catalog.int8;
        WHILE v_longer > v_most_longer LOOP
            v_found := least(p_longest_ms,
                round((power(1.08::pg_catalog.float8, v_slots - v_place + 0.5) / 1000)::pg_catalog."numeric", 6)) || v_found;
            v_share := v_share - 1;
            IF v_share = 0 THEN
                RETURN v_found;
            END IF;
            v_most_longer := p_timed - ceil(p_shares[v_share] * p_timed);
        END LOOP;
    END LOOP;
    RETURN v_found;
END
$function$;

COMMENT ON FUNCTION script_tracking.histogram_percentiles(
    pg_catalog."numeric"[], pg_catalog."numeric", pg_catalog.int8, pg_catalog."numeric") IS
    'Percentiles in milliseconds, within 4 %, from a histogram of durations; none of an empty one';
