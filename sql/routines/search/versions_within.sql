-- Returns the versions that were written in these times, of executions that began after p_after (NULL: of all). An element
-- of p_load_dates is an array as text: of that time only versions with these load_dates; NULL: all. For reports that search;
-- the caller sees only what row security shows it.
CREATE OR REPLACE FUNCTION script_tracking.versions_within(
    p_starts pg_catalog.timestamptz[],
    p_ends pg_catalog.timestamptz[],
    p_load_dates pg_catalog.text[],
    p_after pg_catalog.timestamptz
)
RETURNS SETOF script_tracking.script_execution_s
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- Whatever the statistics say, each is a range of the primary key.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
AS $function$
BEGIN
    RETURN QUERY
    SELECT v.*
    FROM unnest(p_starts, p_ends, p_load_dates) AS p (place_start, place_end, load_dates)
    CROSS JOIN LATERAL (
        SELECT s.*
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date >= p.place_start AND s.load_date <= p.place_end
            AND (p_after IS NULL OR s.execution_timestamp > p_after)
        OFFSET 0
    ) AS v
    WHERE p.load_dates IS NULL;
    RETURN QUERY
    SELECT v.*
    FROM unnest(p_starts, p_ends, p_load_dates) AS p (place_start, place_end, load_dates)
    CROSS JOIN LATERAL (
        SELECT s.*
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date >= p.place_start AND s.load_date <= p.place_end
            AND s.load_date = ANY (p.load_dates::pg_catalog.timestamptz[])
            AND (p_after IS NULL OR s.execution_timestamp > p_after)
        OFFSET 0
    ) AS v
    WHERE p.load_dates IS NOT NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.versions_within(
    pg_catalog.timestamptz[], pg_catalog.timestamptz[], pg_catalog.text[], pg_catalog.timestamptz) IS
    'Versions that were written in these times; for reports that search';
