-- The next rows to seal, at most so many and all of one month, and the moment before which every row is sealed once they
-- are. A row waits while its transaction is not behind the oldest that runs.
CREATE OR REPLACE FUNCTION script_tracking.choose_unsealed(
    p_sealed_before pg_catalog.timestamptz,
    p_most_rows pg_catalog.int8,
    OUT o_keys pg_catalog.bytea[],
    OUT o_load_dates pg_catalog.timestamptz[],
    OUT o_kinds pg_catalog.text[],
    OUT o_transactions pg_catalog.int8[],
    OUT o_sealed_before pg_catalog.timestamptz
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
SET plan_cache_mode = force_custom_plan
-- In order of the primary keys and no further than needed: a hash join would read all that waits for every block.
SET enable_hashjoin = off
SET enable_bitmapscan = off
SET enable_sort = off
AS $function$
BEGIN
    WITH snapshot AS MATERIALIZED (
        SELECT pg_snapshot_xmin(s.now)::pg_catalog.text::pg_catalog.int8 AS oldest,
            pg_snapshot_xmax(s.now)::pg_catalog.text::pg_catalog.int8 AS next
        FROM pg_current_snapshot() AS s (now)
    ), version AS MATERIALIZED (
        SELECT 'version' AS kind, s.script_execution_hk AS key, s.load_date, s.xmin
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date >= p_sealed_before AND NOT EXISTS (
            SELECT FROM script_tracking.seal_leaf AS l
            WHERE l.load_date = s.load_date AND l.record_hk = s.script_execution_hk AND l.load_date >= p_sealed_before)
        ORDER BY s.load_date, s.script_execution_hk
        LIMIT p_most_rows
    ), link AS MATERIALIZED (
        SELECT 'link' AS kind, p.script_execution_parent_hk AS key, p.load_date, p.xmin
        FROM script_tracking.script_execution_parent_l AS p
        WHERE p.load_date >= p_sealed_before AND NOT EXISTS (
            SELECT FROM script_tracking.seal_leaf AS l
            WHERE l.load_date = p.load_date AND l.record_hk = p.script_execution_parent_hk
                AND l.load_date >= p_sealed_before)
        ORDER BY p.load_date, p.script_execution_parent_hk
        LIMIT p_most_rows
    ), candidate AS (
        -- How far behind the oldest transaction, around the circle of 32-bit ids.
        SELECT c.*, s.oldest, s.next - s.oldest AS running,
            (c.xmin::pg_catalog.text::pg_catalog.int8 - s.oldest % 4294967296 + 4294967296) % 4294967296 AS distance
        FROM (SELECT v.* FROM version AS v UNION ALL SELECT k.* FROM link AS k) AS c
        CROSS JOIN snapshot AS s
    ), ready AS MATERIALIZED (
        SELECT c.kind, c.key, c.load_date, c.oldest - (4294967296 - c.distance) AS transaction
        FROM candidate AS c WHERE c.distance >= c.running
    ), ranked AS MATERIALIZED (
        SELECT r.*, row_number() OVER (ORDER BY r.load_date, r.key) <= p_most_rows AND r.load_date < date_trunc('month',
            (SELECT min(f.load_date) FROM ready AS f)) + '1 month'::pg_catalog."interval" AS is_chosen
        FROM ready AS r
    )
    SELECT array_agg(r.key ORDER BY r.load_date, r.key) FILTER (WHERE r.is_chosen),
        array_agg(r.load_date ORDER BY r.load_date, r.key) FILTER (WHERE r.is_chosen),
        array_agg(r.kind ORDER BY r.load_date, r.key) FILTER (WHERE r.is_chosen),
        array_agg(r.transaction ORDER BY r.load_date, r.key) FILTER (WHERE r.is_chosen),
        least(
            (SELECT min(w.load_date) FROM candidate AS w WHERE w.distance < w.running),
            min(r.load_date) FILTER (WHERE NOT r.is_chosen),
            (SELECT max(v.load_date) FROM version AS v HAVING count(*) = p_most_rows),
            (SELECT max(k.load_date) FROM link AS k HAVING count(*) = p_most_rows))
    INTO o_keys, o_load_dates, o_kinds, o_transactions, o_sealed_before
    FROM ranked AS r;
END
$function$;

COMMENT ON FUNCTION script_tracking.choose_unsealed(pg_catalog.timestamptz, pg_catalog.int8) IS
    'The next rows to seal; for the functions of this schema';
