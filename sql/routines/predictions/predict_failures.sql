-- Predicts when what failed repeatedly in 90 days fails again: from the times between these failures. Failures that follow
-- within a tenth of the mean time between them are one, such as retries. EXPECTED: they come at regular times, that is, the
-- interval ends at most half as late again as its middle. PASSED: they did, but not this time. IRREGULAR: they do not come at
-- regular times. UNKNOWN: fewer than six times.
CREATE OR REPLACE FUNCTION script_tracking.predict_failures(p_tenant_hk pg_catalog.bytea, p_most_rows pg_catalog.int8)
RETURNS TABLE (
    kind pg_catalog.text,
    subject pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    state pg_catalog.text,
    expected_from pg_catalog.timestamptz,
    expected_at pg_catalog.timestamptz,
    expected_until pg_catalog.timestamptz,
    confidence pg_catalog."numeric",
    cases pg_catalog.int8,
    basis pg_catalog.text,
    execution_key pg_catalog.bytea
)
LANGUAGE sql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
    WITH pattern AS MATERIALIZED (
        SELECT row_number() OVER () AS number, p.*, cardinality(p.moments) AS failures
        FROM script_tracking.failure_patterns(p_tenant_hk, statement_timestamp() - '90 days'::pg_catalog."interval") AS p
    ), moment AS (
        SELECT p.number, m.at, m.at - lag(m.at) OVER (PARTITION BY p.number ORDER BY m.at) AS gap,
            (p.moments[p.failures] - p.moments[1]) / (p.failures - 1) AS mean_gap
        FROM pattern AS p CROSS JOIN LATERAL unnest(p.moments) AS m (at)
    ), episode AS (
        SELECT m.number, m.at, extract(epoch FROM m.at - lag(m.at) OVER (PARTITION BY m.number ORDER BY m.at)) AS seconds
        FROM moment AS m
        WHERE m.gap IS NULL OR m.gap > m.mean_gap / 10
    ), series AS (
        SELECT e.number, max(e.at) AS last_at, count(*) AS episodes,
            array_agg(e.seconds::pg_catalog.float8 ORDER BY e.at DESC) FILTER (WHERE e.seconds IS NOT NULL) AS gaps
        FROM episode AS e
        GROUP BY e.number
        HAVING count(*) >= 3
    ), predicted AS (
        SELECT s.number, s.last_at, s.episodes, i.level, i.low * '1 second'::pg_catalog."interval" AS low,
            i.middle * '1 second'::pg_catalog."interval" AS middle, i.high * '1 second'::pg_catalog."interval" AS high,
            i.high <= 1.5 * i.middle AS is_regular
        FROM series AS s
        CROSS JOIN LATERAL script_tracking.conformal_interval(s.gaps) AS i
    ), chosen AS (
        SELECT * FROM predicted AS p
        ORDER BY p.is_regular DESC NULLS LAST, p.episodes DESC, p.last_at DESC, p.number
        LIMIT p_most_rows
    )
    SELECT 'failure', concat_ws(' ', p.script_name, p.object_identity) || ': '
            || coalesce(script_tracking.failure_words(p.last_keys[1], p.last_load_date), 'failed'),
        p.tenant_hk,
        CASE WHEN c.level IS NULL THEN 'UNKNOWN' WHEN NOT c.is_regular THEN 'IRREGULAR'
            WHEN c.last_at + c.high < statement_timestamp() THEN 'PASSED' ELSE 'EXPECTED' END,
        CASE WHEN c.is_regular THEN c.last_at + c.low END, CASE WHEN c.is_regular THEN c.last_at + c.middle END,
        CASE WHEN c.is_regular THEN c.last_at + c.high END,
        CASE WHEN c.is_regular THEN round(c.level::pg_catalog."numeric", 3) END, p.failures::pg_catalog.int8,
        CASE WHEN c.level IS NULL THEN format('%s times in 90 days: too few to say', c.episodes)
            WHEN NOT c.is_regular THEN format('%s times in 90 days, not at regular times', c.episodes)
            ELSE format('%s times in 90 days, each %s hours, the last at %s', c.episodes,
                round(extract(epoch FROM c.middle) / 3600, 1), to_char(c.last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')) END
            || CASE WHEN p.read_since IS NOT NULL THEN '; only failures since '
                || to_char(p.read_since AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') || ' were read' ELSE '' END,
        p.last_keys[1]
    FROM chosen AS c
    JOIN pattern AS p ON p.number = c.number
$function$;

COMMENT ON FUNCTION script_tracking.predict_failures(pg_catalog.bytea, pg_catalog.int8) IS
    'When what failed repeatedly fails again: EXPECTED, PASSED, IRREGULAR or UNKNOWN';
