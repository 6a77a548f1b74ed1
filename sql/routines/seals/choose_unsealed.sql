-- Returns the next rows to seal, all of one month and at most as many as asked for, and the moment before which every
-- row is sealed once they are; o_has_more: call again. Every visible row is committed. A row that is dated in the future
-- is not returned before that time; dbtrack verify reports it. Rows that arrive late by replication are in late_arrival,
-- because their time is not searched again. A version may arrive before its execution's hub row, which is sealed with it,
-- when a subscription copies both tables: until then it stays in late_arrival.
CREATE OR REPLACE FUNCTION script_tracking.choose_unsealed(
    p_sealed_before pg_catalog.timestamptz,
    p_most_rows pg_catalog.int8,
    OUT o_keys pg_catalog.bytea[],
    OUT o_load_dates pg_catalog.timestamptz[],
    OUT o_kinds pg_catalog.text[],
    OUT o_transactions pg_catalog.int8[],
    OUT o_arrivals pg_catalog.timestamptz[],
    OUT o_sealed_before pg_catalog.timestamptz,
    OUT o_has_more pg_catalog.bool
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
SET plan_cache_mode = force_custom_plan
-- In order of the primary keys and no further than needed: a hash join would read all waiting rows for each block.
SET enable_hashjoin = off
SET enable_bitmapscan = off
SET enable_sort = off
-- A plan with a node type that is switched off has a high cost, and would be compiled by JIT.
SET jit = off
AS $function$
DECLARE
    v_now CONSTANT pg_catalog.int8 := pg_current_xact_id()::pg_catalog.text::pg_catalog.int8;
    -- The same limit as in dbtrack.proof.verify.
    v_latest CONSTANT pg_catalog.timestamptz := clock_timestamp() + '1 hour'::pg_catalog."interval";
BEGIN
    WITH version AS MATERIALIZED (
        SELECT 'version' AS kind, s.script_execution_hk AS key, s.load_date,
            coalesce(s.recorded_by::pg_catalog.text::pg_catalog.int8, v_now - age(s.xmin)) AS transaction
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date >= p_sealed_before AND s.load_date < v_latest AND NOT EXISTS (
            SELECT FROM script_tracking.seal_leaf AS l
            WHERE l.load_date = s.load_date AND l.record_hk = s.script_execution_hk AND l.load_date >= p_sealed_before)
        ORDER BY s.load_date, s.script_execution_hk
        LIMIT p_most_rows
    ), link AS MATERIALIZED (
        SELECT 'link' AS kind, p.script_execution_parent_hk AS key, p.load_date, v_now - age(p.xmin) AS transaction
        FROM script_tracking.script_execution_parent_l AS p
        WHERE p.load_date >= p_sealed_before AND p.load_date < v_latest AND NOT EXISTS (
            SELECT FROM script_tracking.seal_leaf AS l
            WHERE l.load_date = p.load_date AND l.record_hk = p.script_execution_parent_hk
                AND l.load_date >= p_sealed_before)
        ORDER BY p.load_date, p.script_execution_parent_hk
        LIMIT p_most_rows
    ), late AS MATERIALIZED (
        SELECT a.leaf_kind::pg_catalog.text AS kind, a.record_hk AS key, a.load_date,
            coalesce(s.recorded_by::pg_catalog.text::pg_catalog.int8, v_now - age(p.xmin), v_now) AS transaction
        FROM script_tracking.late_arrival AS a
        LEFT JOIN script_tracking.script_execution_s AS s
            ON a.leaf_kind = 'version' AND s.load_date = a.load_date AND s.script_execution_hk = a.record_hk
        LEFT JOIN script_tracking.script_execution_parent_l AS p
            ON a.leaf_kind = 'link' AND p.load_date = a.load_date AND p.script_execution_parent_hk = a.record_hk
        WHERE a.load_date < p_sealed_before AND (s.load_date IS NOT NULL OR p.load_date IS NOT NULL)
            AND NOT EXISTS (SELECT FROM script_tracking.seal_leaf AS l
                WHERE l.load_date = a.load_date AND l.record_hk = a.record_hk)
        ORDER BY a.load_date, a.record_hk
        LIMIT p_most_rows
    ), candidate AS MATERIALIZED (
        SELECT c.*, c.kind = 'link'
            OR EXISTS (SELECT FROM script_tracking.script_execution_h AS h
                WHERE h.load_date = c.load_date AND h.script_execution_hk = c.key)
            OR EXISTS (SELECT FROM script_tracking.script_execution_h AS h
                WHERE h.script_execution_hk = c.key AND h.load_date < c.load_date) AS is_ready
        FROM (SELECT v.* FROM version AS v UNION ALL SELECT k.* FROM link AS k UNION ALL SELECT t.* FROM late AS t) AS c
    ), waiting AS (
        INSERT INTO script_tracking.late_arrival (load_date, record_hk, leaf_kind, arrived_at)
        SELECT c.load_date, c.key, c.kind, clock_timestamp() FROM candidate AS c WHERE NOT c.is_ready
        ON CONFLICT ON CONSTRAINT late_arrival_pkey DO NOTHING
    ), ready AS MATERIALIZED (
        SELECT c.kind, c.key, c.load_date, c.transaction FROM candidate AS c WHERE c.is_ready
    ), ranked AS MATERIALIZED (
        SELECT r.*, a.arrived_at, row_number() OVER (ORDER BY r.load_date, r.key) <= p_most_rows
            AND r.load_date < date_trunc('month', (SELECT min(f.load_date) FROM ready AS f)) + '1 month'::pg_catalog."interval"
            AS is_chosen
        FROM ready AS r
        LEFT JOIN script_tracking.late_arrival AS a ON a.load_date = r.load_date AND a.record_hk = r.key
    )
    SELECT array_agg(r.key ORDER BY r.load_date, r.key) FILTER (WHERE r.is_chosen),
        array_agg(r.load_date ORDER BY r.load_date, r.key) FILTER (WHERE r.is_chosen),
        array_agg(r.kind ORDER BY r.load_date, r.key) FILTER (WHERE r.is_chosen),
        array_agg(greatest(r.transaction, 0) ORDER BY r.load_date, r.key) FILTER (WHERE r.is_chosen),
        array_agg(r.arrived_at ORDER BY r.load_date, r.key) FILTER (WHERE r.is_chosen),
        least(
            min(r.load_date) FILTER (WHERE NOT r.is_chosen AND r.load_date >= p_sealed_before),
            (SELECT max(v.load_date) FROM version AS v HAVING count(*) = p_most_rows),
            (SELECT max(k.load_date) FROM link AS k HAVING count(*) = p_most_rows)),
        bool_or(NOT r.is_chosen) OR greatest((SELECT count(*) FROM version), (SELECT count(*) FROM link),
            (SELECT count(*) FROM late)) = p_most_rows
    INTO o_keys, o_load_dates, o_kinds, o_transactions, o_arrivals, o_sealed_before, o_has_more
    FROM ranked AS r;
END
$function$;

COMMENT ON FUNCTION script_tracking.choose_unsealed(pg_catalog.timestamptz, pg_catalog.int8) IS
    'The next rows to seal; for the functions of this schema';
