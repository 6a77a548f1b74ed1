-- Returns where versions are that may contain one of these texts: in blocks that have all its slots, in times without a
-- segment, and where versions came late. Each element of p_slots is an array as text, of one alternative. p_most_versions:
-- looks only at the latest segments, of about so many versions; o_after is when the first execution began that may be
-- missing then. All NULL if the places say too little: reading the rows is quicker then. p_sees_all is not taken on trust:
-- somebody else's blocks say what somebody else's statements contain. Counts and times, too, are of the caller's versions only.
CREATE OR REPLACE FUNCTION script_tracking.search_places(
    p_slots pg_catalog.text[],
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz,
    p_tenant_hk pg_catalog.bytea,
    p_most_versions pg_catalog.int8,
    p_sees_all pg_catalog.bool,
    OUT o_starts pg_catalog.timestamptz[],
    OUT o_ends pg_catalog.timestamptz[],
    OUT o_load_dates pg_catalog.text[],
    OUT o_after pg_catalog.timestamptz,
    OUT o_versions pg_catalog.int8
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off
SET jit = off
-- An array of times as text is read by another function of the same session, whatever this is set to there.
SET "DateStyle" = 'ISO'
SET "TimeZone" = 'UTC'
AS $function$
DECLARE
    -- A search reads so many versions without asking whether that is quick.
    c_few CONSTANT pg_catalog.int8 := 20000;
    c_most_without_block CONSTANT pg_catalog.int8 := 100000;
    -- A version by its own time takes as long as so many in a row: at ten million 17, where a statement is compared, 27 where a name is.
    c_single CONSTANT pg_catalog.int8 := 16;
    -- Nothing is recorded before it began; the day allows for clocks that differ.
    c_slack CONSTANT pg_catalog."interval" := '1 day';
    v_from CONSTANT pg_catalog.timestamptz := p_since - c_slack;
    v_tenants pg_catalog.bytea[];
    v_state script_tracking.search_state;
    v_slots pg_catalog.text;
    v_segments pg_catalog.timestamptz[];
    v_gaps pg_catalog.tstzrange[];
    v_looked_at pg_catalog.int8;
    v_in_gaps pg_catalog.int8;
    v_blocks pg_catalog.int8[] := '{}';
    v_late pg_catalog.timestamptz[];
BEGIN
    IF NOT p_sees_all THEN
        v_tenants := script_tracking.caller_tenants();
        IF v_tenants = '{}' THEN
            RETURN;
        END IF;
    ELSIF NOT script_tracking.may_see_all_tenants() THEN
        RETURN;
    END IF;
    SELECT t.* INTO v_state FROM script_tracking.search_state AS t
    WHERE t.place = script_tracking.rollup_place() AND t.covered_before <= pg_snapshot_xmax(pg_current_snapshot())
        AND script_tracking.current_setting_value('search.index') IS DISTINCT FROM 'off';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    WITH segment AS MATERIALIZED (
        SELECT g.*, coalesce(lag(g.segment_end) OVER (ORDER BY g.segment_start), '-infinity') AS end_before
        FROM script_tracking.search_segment AS g WHERE g.segment_end > v_from
    ), gap AS (
        SELECT g.gap_start, g.gap_end, (SELECT count(*) FROM (
            SELECT FROM script_tracking.script_execution_s AS s
            WHERE s.load_date >= g.gap_start AND s.load_date < g.gap_end
                AND (v_tenants IS NULL OR s.tenant_hk = ANY (v_tenants)) LIMIT c_most_without_block + 1) AS t) AS versions
        FROM (
            SELECT greatest(s.end_before, v_from) AS gap_start, s.segment_start AS gap_end FROM segment AS s
            WHERE s.end_before < s.segment_start AND s.segment_start > v_from
            UNION ALL
            SELECT greatest(max(s.segment_end), v_from), 'infinity' FROM script_tracking.search_segment AS s
        ) AS g
    ), unit AS (
        SELECT s.segment_start, NULL::pg_catalog.tstzrange AS gap, o.last_execution, o.versions
        FROM segment AS s
        CROSS JOIN LATERAL (
            SELECT s.first_execution, s.last_execution, s.versions WHERE v_tenants IS NULL
            UNION ALL
            SELECT min(b.first_execution), max(b.last_execution), sum(b.versions)
            FROM script_tracking.search_block AS b
            WHERE v_tenants IS NOT NULL AND b.segment_start = s.segment_start AND b.tenant_hk = ANY (v_tenants)
        ) AS o
        WHERE o.last_execution >= p_since AND (p_until IS NULL OR o.first_execution < p_until)
        UNION ALL
        SELECT NULL, tstzrange(g.gap_start, g.gap_end), g.gap_end + c_slack, g.versions FROM gap AS g WHERE g.versions > 0
    ), placed AS MATERIALIZED (
        SELECT u.*, sum(u.versions) OVER w AS place, row_number() OVER w = 1 OR u.gap IS NOT NULL AND u.versions <= c_few AS is_first
        FROM unit AS u
        WINDOW w AS (ORDER BY u.last_execution DESC)
    ), chosen AS (
        SELECT p.* FROM placed AS p WHERE p_most_versions IS NULL OR p.place <= p_most_versions OR p.is_first
    )
    SELECT array_agg(c.segment_start ORDER BY c.last_execution DESC) FILTER (WHERE c.gap IS NULL),
        array_agg(c.gap) FILTER (WHERE c.gap IS NOT NULL), sum(c.versions),
        sum(c.versions) FILTER (WHERE c.gap IS NOT NULL), (
            SELECT date_trunc('minute', max(least(p.last_execution, '9000-01-01 00:00:00+00')), 'UTC') + '1 minute' FROM placed AS p
            WHERE p.place > p_most_versions AND NOT p.is_first)
    INTO v_segments, v_gaps, v_looked_at, v_in_gaps, o_after
    FROM chosen AS c;
    -- What is nearly everywhere lately is not worth looking for in all blocks.
    IF v_tenants IS NULL AND p_tenant_hk IS NULL AND cardinality(v_segments) > 20 AND (
            SELECT sum(g.versions) FROM script_tracking.search_segment AS g WHERE g.segment_start = ANY (v_segments[:3])) < 2 * (
            SELECT sum(CASE WHEN b.load_dates IS NULL THEN b.versions ELSE b.versions * c_single END) FROM script_tracking.search_block AS b
            WHERE b.segment_start = ANY (v_segments[:3]) AND (b.slots IS NULL OR EXISTS (
                SELECT FROM unnest(p_slots) AS a (slots) WHERE b.slots @> a.slots::pg_catalog.int4[]))) THEN
        o_after := NULL;
        RETURN;
    END IF;
    FOREACH v_slots IN ARRAY p_slots LOOP
        IF v_tenants IS NULL AND p_tenant_hk IS NULL THEN
            v_blocks := v_blocks || ARRAY(
                SELECT b.search_block_id FROM script_tracking.search_block AS b
                WHERE b.slots @> v_slots::pg_catalog.int4[] AND b.last_execution >= p_since
                    AND (o_after IS NULL OR b.segment_start = ANY (v_segments))
                    AND (p_until IS NULL OR b.first_execution < p_until));
        ELSE
            -- Not by the index on slots: the time would depend on the words of other tenants.
            v_blocks := v_blocks || ARRAY(
                SELECT b.search_block_id
                FROM (
                    SELECT o.search_block_id, o.slots FROM script_tracking.search_block AS o
                    WHERE o.tenant_hk = ANY (coalesce(v_tenants, ARRAY[p_tenant_hk])) AND o.last_execution >= p_since
                        AND (p_tenant_hk IS NULL OR o.tenant_hk = p_tenant_hk)
                        AND (o_after IS NULL OR o.segment_start = ANY (v_segments))
                        AND (p_until IS NULL OR o.first_execution < p_until)
                    OFFSET 0
                ) AS b
                WHERE b.slots @> v_slots::pg_catalog.int4[]);
        END IF;
    END LOOP;
    v_late := script_tracking.late_for_search(v_state.covered_before, v_state.covered_without, v_tenants);
    WITH block AS MATERIALIZED (
        SELECT b.segment_start, b.block_start, b.block_end, b.load_dates, b.versions
        FROM script_tracking.search_block AS b
        WHERE b.search_block_id = ANY (v_blocks)
        UNION
        -- Of too many words: always read.
        SELECT b.segment_start, b.block_start, b.block_end, b.load_dates, b.versions
        FROM script_tracking.search_block AS b
        WHERE b.slots IS NULL AND b.segment_start = ANY (v_segments) AND (v_tenants IS NULL OR b.tenant_hk = ANY (v_tenants))
    ), segment AS (
        SELECT b.segment_start, min(b.block_start) AS block_start, max(b.block_end) AS block_end,
            sum(b.versions) AS versions, max(g.versions) AS all_versions,
            -- Of a segment of several tenants, what is between the caller's versions is not the caller's.
            bool_or(b.load_dates IS NOT NULL) AND (v_tenants IS NOT NULL OR sum(b.versions) * c_single < max(g.versions)) AS is_single,
            bool_or(b.load_dates IS NOT NULL) AS is_mixed
        FROM block AS b
        JOIN script_tracking.search_segment AS g ON g.segment_start = b.segment_start
        GROUP BY b.segment_start
    ), single AS (
        SELECT d.segment_start, min(d.load_date) AS place_start, max(d.load_date) AS place_end,
            array_agg(d.load_date ORDER BY d.load_date) AS load_dates, count(*) * c_single AS versions
        FROM (
            SELECT DISTINCT b.segment_start, u.load_date
            FROM segment AS s
            JOIN block AS b ON b.segment_start = s.segment_start
            CROSS JOIN LATERAL unnest(b.load_dates) AS u (load_date)
            WHERE s.is_single
        ) AS d
        GROUP BY d.segment_start
    ), run AS (
        SELECT r.segment_start, unnest(range_agg(r.span)) AS span
        FROM (
            SELECT b.segment_start, tstzrange(b.block_start, b.block_end, '[]') AS span
            FROM segment AS s JOIN block AS b ON b.segment_start = s.segment_start WHERE NOT s.is_mixed
        ) AS r
        GROUP BY r.segment_start
    ), place AS MATERIALIZED (
        SELECT i.place_start, i.place_end, i.load_dates FROM single AS i
        UNION ALL
        SELECT lower(r.span), upper(r.span), NULL FROM run AS r
        UNION ALL
        SELECT s.block_start, s.block_end, NULL FROM segment AS s WHERE s.is_mixed AND NOT s.is_single
        UNION ALL
        SELECT lower(g.gap), upper(g.gap) - '1 microsecond'::pg_catalog."interval", NULL FROM unnest(v_gaps) AS g (gap)
    ), late AS (
        SELECT DISTINCT u.load_date
        FROM unnest(v_late) AS u (load_date)
        WHERE u.load_date >= v_from AND NOT EXISTS (SELECT FROM place AS p
            WHERE u.load_date >= p.place_start AND u.load_date <= p.place_end
                AND (p.load_dates IS NULL OR u.load_date = ANY (p.load_dates)))
    ), listed AS (
        SELECT p.place_start, p.place_end, p.load_dates FROM place AS p
        UNION ALL
        SELECT min(l.load_date), max(l.load_date), array_agg(l.load_date) FROM late AS l HAVING count(*) > 0
    )
    -- Python's times are not infinite.
    SELECT coalesce(array_agg(greatest(l.place_start, '1000-01-01 00:00:00+00') ORDER BY l.place_start), '{}'),
        coalesce(array_agg(least(l.place_end, '9000-01-01 00:00:00+00') ORDER BY l.place_start), '{}'),
        coalesce(array_agg(l.load_dates::pg_catalog.text ORDER BY l.place_start), '{}'),
        (SELECT coalesce(sum(CASE WHEN s.is_single THEN s.versions * c_single WHEN s.is_mixed THEN s.all_versions
            ELSE s.versions END), 0) FROM segment AS s)
            + coalesce((SELECT sum(t.versions) FROM (SELECT count(*) * c_single AS versions FROM late AS l) AS t), 0)
    INTO o_starts, o_ends, o_load_dates, o_versions
    FROM listed AS l;
    o_versions := o_versions + coalesce(v_in_gaps, 0);
    IF o_versions > greatest(c_few / 4, v_looked_at / 2) THEN
        SELECT NULL, NULL, NULL, NULL, NULL INTO o_starts, o_ends, o_load_dates, o_after, o_versions;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.search_places(
    pg_catalog.text[], pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.bytea, pg_catalog.int8, pg_catalog.bool) IS
    'Where versions are that may contain a text, for get_search_places';
