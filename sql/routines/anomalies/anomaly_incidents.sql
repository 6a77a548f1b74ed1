-- Returns the anomalies of a range whatever their score, each once: what is unusual in the same tenant at the same time is one,
-- told by what has the highest score; a burst that lasts for hours is one. A measure counts where its score is a new high,
-- above all of the same series in the 168 hours before. What a tenant did is not told again of its type. With p_above those are
-- left out in which nothing has a score above it, which is nearly all of them; with p_more also those that more than so many are above,
-- in the eight weeks before each that comes later as well. None of those that begin from p_wanted_since on is left out.
CREATE OR REPLACE FUNCTION script_tracking.anomaly_incidents(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz,
    p_tenant_hk pg_catalog.bytea,
    p_above pg_catalog."numeric" DEFAULT NULL,
    p_more pg_catalog.int8 DEFAULT NULL,
    p_wanted_since pg_catalog.timestamptz DEFAULT NULL
)
RETURNS TABLE (
    occurred_at pg_catalog.timestamptz,
    last_at pg_catalog.timestamptz,
    measure pg_catalog.text,
    subject_kind pg_catalog.text,
    subject pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    value pg_catalog."numeric",
    expected pg_catalog."numeric",
    deviation pg_catalog."numeric",
    score pg_catalog."numeric",
    others pg_catalog.text[],
    execution_key pg_catalog.bytea,
    scores pg_catalog."numeric"[],
    recorders pg_catalog.xid8[],
    noted pg_catalog.timestamptz[]
)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
-- Enough for some ten thousand new things to be sorted in memory.
SET work_mem = '16MB'
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    c_past CONSTANT pg_catalog."interval" := '1344 hours';
    c_kinds CONSTANT pg_catalog.text[] := '{login,address,application,agent,command,login_command,login_schema}';
    -- Pairs say less than what is new by itself.
    c_weights CONSTANT pg_catalog.float8[] := '{1,0.9,0.7,1,0.7,0.4,0.4}';
    v_learned CONSTANT pg_catalog."interval" :=
        make_interval(hours => 24 * script_tracking.current_setting_value('anomalies.learning_days')::pg_catalog.int4);
BEGIN
    RETURN QUERY
    WITH stored AS MATERIALIZED (
        SELECT a.*, max(a.score) OVER (PARTITION BY a.measure, a.subject_kind, a.tenant_hk, a.subject ORDER BY a.hour_start
            RANGE BETWEEN '168 hours' PRECEDING AND '1 hour' PRECEDING) AS highest_before
        FROM script_tracking.anomaly_score AS a
        WHERE a.hour_start >= p_since - '168 hours'::pg_catalog."interval" AND a.hour_start < p_until
            AND (p_tenant_hk IS NULL OR a.tenant_hk = p_tenant_hk)
    ), tenant AS MATERIALIZED (
        -- Since when each tenant is recorded. There are few of a kind.
        SELECT t.tenant_hk, (SELECT min(f.first_at) FROM script_tracking.first_seen AS f
            WHERE f.tenant_hk = t.tenant_hk AND f.seen_kind = 'login') AS known_since
        FROM (SELECT h.tenant_hk FROM script_tracking.tenant_h AS h UNION ALL SELECT '') AS t
        WHERE p_tenant_hk IS NULL OR t.tenant_hk = p_tenant_hk
    ), night AS (
        SELECT l.tenant_hk, l.db_session_user, l.hour_start, l.out_of_hours, l.script_execution_hk, l.recorded_by, l.noted_at,
            t.known_since + v_learned AS learned_at,
            count(*) OVER (PARTITION BY l.tenant_hk ORDER BY l.hour_start
                RANGE BETWEEN '1344 hours' PRECEDING AND '1 hour' PRECEDING) AS before
        FROM script_tracking.rollup_login AS l
        JOIN tenant AS t ON t.tenant_hk = l.tenant_hk
        WHERE l.out_of_hours > 0 AND l.hour_start >= greatest(p_since - c_past, t.known_since) AND l.hour_start < p_until
    ), fresh AS MATERIALIZED (
        -- Tenant by tenant, because many small sorts cost less than one of all, and of each kind along its index alone: most of what a
        -- tenant has was seen while it was learned, and most of the rest is usual.
        SELECT t.tenant_hk, t.known_since + v_learned AS learned_at, g.*
        FROM tenant AS t
        CROSS JOIN LATERAL (
            SELECT n.*, max(n.about) OVER incident AS highest, count(*) OVER incident AS items, min(n.first_at) OVER incident AS begins_at
            FROM (
                SELECT s.*, sum(s.begins) OVER (ORDER BY s.first_at) AS incident
                FROM (
                    SELECT a.*,
                        CASE WHEN a.first_at <= lag(a.first_at) OVER near + '1 hour'::pg_catalog."interval" THEN 0 ELSE 1 END AS begins,
                        lead(a.first_at) OVER near <= a.first_at + '1 hour'::pg_catalog."interval" AS goes_on
                    FROM (
                        -- Such a thing in an hour, of the rate of the eight weeks before: in deviations of a count that is rare.
                        -- Roughly, which is quick; exactly where it counts. OFFSET, so that nothing is computed for each of its uses.
                        SELECT k.kind, k.weight, r.first_at, r.before, k.weight * (1 - r.rate) / sqrt(r.rate) AS about
                        FROM unnest(c_kinds, c_weights) AS k (kind, weight)
                        CROSS JOIN LATERAL (
                            SELECT b.first_at, b.before, (b.before + 0.5::pg_catalog.float8) / least(1344, greatest(168,
                                date_part('epoch', b.first_at - (t.known_since + v_learned)) / 3600)) AS rate
                            FROM (
                                SELECT i.first_at, count(*) OVER (ORDER BY i.first_at
                                    RANGE BETWEEN '1344 hours' PRECEDING AND '1 hour' PRECEDING) AS before
                                FROM script_tracking.first_seen AS i
                                WHERE i.tenant_hk = t.tenant_hk AND i.seen_kind = k.kind AND i.first_at < p_until
                                    AND i.first_at >= greatest(p_since - c_past, t.known_since + v_learned)
                            ) AS b
                            WHERE b.first_at >= p_since OFFSET 0
                        ) AS r
                        WHERE r.rate < 1 OFFSET 0
                    ) AS a
                    WINDOW near AS (ORDER BY a.first_at)
                ) AS s
                -- What stands alone is as high as itself.
                WHERE p_above IS NULL OR s.about > p_above - 0.01 OR s.begins = 0 OR s.goes_on OR s.first_at >= p_wanted_since
            ) AS n
            WINDOW incident AS (PARTITION BY n.incident)
        ) AS g
        -- The rounded score may be as high as that of another.
        WHERE p_above IS NULL OR g.highest > p_above - 0.01 OR g.begins_at >= p_wanted_since
    ), candidate AS (
        SELECT 'high'::pg_catalog.text AS family, s.measure::pg_catalog.text, s.subject_kind::pg_catalog.text, s.tenant_hk,
            s.subject::pg_catalog.text, s.hour_start AS occurred_at, s.value, s.expected, s.deviation, s.score,
            s.score::pg_catalog.float8 AS about, NULL::pg_catalog.int8 AS before, NULL::pg_catalog.timestamptz AS learned_at,
            NULL::pg_catalog.bytea AS execution_key, s.recorded_by, s.noted_at
        FROM stored AS s
        WHERE s.hour_start >= p_since AND s.score > coalesce(s.highest_before, 0)
            AND NOT (s.subject_kind IN ('type', 'all') AND EXISTS (
                SELECT FROM stored AS t
                WHERE t.hour_start = s.hour_start AND t.measure = s.measure AND t.tenant_hk <> ''
                    AND t.subject IN (s.subject, '')
                    AND (s.measure = 'duration_ms' OR 2 * (t.value - t.expected) >= s.value - s.expected)))
        UNION ALL
        SELECT 'out_of_hours ' || n.db_session_user, 'out_of_hours', 'login', n.tenant_hk, n.db_session_user, n.hour_start,
            n.out_of_hours, NULL, NULL, NULL, (1 - w.rate) / sqrt(w.rate), n.before, n.learned_at, n.script_execution_hk, n.recorded_by,
            n.noted_at
        FROM night AS n
        CROSS JOIN LATERAL (SELECT (n.before + 0.5::pg_catalog.float8) / least(1344, greatest(168,
            date_part('epoch', n.hour_start - n.learned_at) / 3600)) AS rate OFFSET 0) AS w
        WHERE n.hour_start >= greatest(p_since, n.learned_at) AND w.rate < 1
    ), spaced AS (
        SELECT c.*, CASE WHEN c.occurred_at <= lag(c.occurred_at) OVER (PARTITION BY c.tenant_hk, c.family ORDER BY c.occurred_at)
            + CASE WHEN c.family = 'high' THEN '3 hours' ELSE '12 hours' END::pg_catalog."interval" THEN 0 ELSE 1 END AS begins
        FROM candidate AS c
    ), numbered AS (
        SELECT s.*, sum(s.begins) OVER (PARTITION BY s.tenant_hk, s.family ORDER BY s.occurred_at) AS incident FROM spaced AS s
    ), high AS MATERIALIZED (
        SELECT g.*
        FROM (
            SELECT n.*, max(n.about) OVER incident AS highest, count(*) OVER incident AS items,
                min(n.occurred_at) OVER incident AS begins_at
            FROM numbered AS n
            WINDOW incident AS (PARTITION BY n.tenant_hk, n.family, n.incident)
        ) AS g
        WHERE p_above IS NULL OR g.highest > p_above - 0.01 OR g.begins_at >= p_wanted_since
    ), standing AS MATERIALIZED (
        SELECT f.begins_at, f.highest, true AS is_exact FROM fresh AS f WHERE f.begins = 1 AND p_more IS NOT NULL
        UNION ALL
        -- Of counts the highest is not always the score.
        SELECT h.begins_at, h.highest, h.family <> 'high' FROM high AS h WHERE h.begins = 1 AND p_more IS NOT NULL
    ), low AS MATERIALIZED (
        -- What more than so many of one week are above, all of them within the eight weeks before any later one.
        SELECT w.week_end, (
            SELECT s.highest FROM standing AS s
            WHERE s.is_exact AND s.begins_at >= w.week_end - '168 hours'::pg_catalog."interval" AND s.begins_at < w.week_end
            ORDER BY s.highest DESC OFFSET p_more LIMIT 1) - 0.01 AS highest
        FROM (SELECT max(s.begins_at) - c_past + '168 hours'::pg_catalog."interval" AS week_end FROM standing AS s) AS w
    ), kept AS (
        SELECT h.tenant_hk, h.family, h.incident, h.items, h.measure, h.subject_kind, h.subject, h.occurred_at, h.value, h.expected,
            h.deviation, h.score, h.before, h.learned_at, 1::pg_catalog.float8 AS weight, h.execution_key, h.recorded_by, h.noted_at
        FROM high AS h
        WHERE h.begins_at >= p_wanted_since OR NOT EXISTS (SELECT FROM low AS l WHERE h.begins_at >= l.week_end AND h.highest < l.highest)
        UNION ALL
        SELECT f.tenant_hk, 'new', f.incident, f.items, 'new_' || f.kind, 'new',
            concat_ws(' ', nullif(i.db_session_user, ''), nullif(i.subject, '')), f.first_at, 1, NULL, NULL, NULL, f.before, f.learned_at,
            f.weight, i.script_execution_hk, i.recorded_by, i.noted_at
        FROM (
            -- Of one moment there may be several.
            SELECT DISTINCT d.tenant_hk, d.kind, d.first_at, d.incident, d.items, d.before, d.learned_at, d.weight
            FROM fresh AS d
            WHERE d.begins_at >= p_wanted_since
                OR NOT EXISTS (SELECT FROM low AS l WHERE d.begins_at >= l.week_end AND d.highest < l.highest)
            OFFSET 0
        ) AS f
        CROSS JOIN LATERAL (
            SELECT i.* FROM script_tracking.first_seen AS i
            WHERE i.tenant_hk = f.tenant_hk AND i.seen_kind = f.kind AND i.first_at = f.first_at OFFSET 0
        ) AS i
    ), scored AS MATERIALIZED (
        SELECT h.tenant_hk, h.family, h.incident, h.items, h.measure, h.subject_kind, h.subject, h.occurred_at, h.value,
            coalesce(h.expected, round(168 * w.rate, 3)) AS expected, coalesce(h.deviation, round(w.root, 4)) AS deviation,
            coalesce(h.score, round(h.weight::pg_catalog."numeric" * (1 - w.rate) / w.root, 2)) AS score, h.execution_key,
            h.recorded_by, h.noted_at
        FROM kept AS h
        -- OFFSET, so that neither is computed for each of its uses.
        CROSS JOIN LATERAL (
            SELECT q.rate, sqrt(q.rate) AS root
            FROM (SELECT (h.before + 0.5) / least(1344, greatest(168, extract(epoch FROM h.occurred_at - h.learned_at) / 3600)) AS rate
                OFFSET 0) AS q
            OFFSET 0) AS w
    ), ranked AS (
        SELECT n.*, row_number() OVER (PARTITION BY n.tenant_hk, n.family, n.incident
            -- A burst of failures is one of operations too, and says more.
            ORDER BY CASE n.measure WHEN 'failures' THEN 4 * n.score / 3 ELSE n.score END DESC, n.occurred_at, n.measure,
                n.subject) AS place
        FROM scored AS n
        WHERE n.items > 1
    )
    -- Most stand alone: to aggregate each of them would be half of the work.
    SELECT n.occurred_at, n.occurred_at, n.measure, n.subject_kind, n.subject, nullif(n.tenant_hk, ''), n.value, n.expected, n.deviation,
        n.score, '{}'::pg_catalog.text[], n.execution_key, ARRAY[n.score], ARRAY[n.recorded_by], ARRAY[n.noted_at]
    FROM scored AS n
    WHERE n.items = 1
    UNION ALL
    SELECT min(r.occurred_at), max(r.occurred_at), max(r.measure) FILTER (WHERE r.place = 1),
        max(r.subject_kind) FILTER (WHERE r.place = 1), max(r.subject) FILTER (WHERE r.place = 1), nullif(r.tenant_hk, ''),
        max(r.value) FILTER (WHERE r.place = 1), max(r.expected) FILTER (WHERE r.place = 1),
        max(r.deviation) FILTER (WHERE r.place = 1), max(r.score) FILTER (WHERE r.place = 1),
        coalesce(array_agg(DISTINCT concat_ws(' ', r.measure, nullif(r.subject, '')))
            FILTER (WHERE r.place > 1 AND r.place <= 20), '{}'),
        (array_agg(r.execution_key) FILTER (WHERE r.place = 1))[1],
        array_agg(r.score ORDER BY r.place), array_agg(r.recorded_by ORDER BY r.place), array_agg(r.noted_at ORDER BY r.place)
    FROM ranked AS r
    GROUP BY r.tenant_hk, r.family, r.incident;
END
$function$;

COMMENT ON FUNCTION script_tracking.anomaly_incidents(
    pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.bytea, pg_catalog."numeric", pg_catalog.int8,
    pg_catalog.timestamptz) IS 'What was unusual in a range, each once, whatever its score';
