-- Lists what failed at least three times with the same name and the same error: how long that took, and when it succeeds. What
-- completed more often since its last failure than it had failed counts as over, and so does a pattern whose last failure is
-- resolved (dbtrack resolve), until it fails again.
CREATE OR REPLACE FUNCTION script_tracking.advise_repeated_failures(p_tenant_hk pg_catalog.bytea, p_since pg_catalog.timestamptz)
RETURNS TABLE (
    kind pg_catalog.text,
    subject pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    seconds pg_catalog."numeric",
    cases pg_catalog.int8,
    first_seen pg_catalog.timestamptz,
    last_seen pg_catalog.timestamptz,
    evidence pg_catalog.text,
    statement pg_catalog.text,
    execution_keys pg_catalog.bytea[]
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
-- The planner leaves out the months that the range does not touch.
SET plan_cache_mode = force_custom_plan
-- Rows in the order of an index end at the limit.
SET enable_bitmapscan = off
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH pattern AS MATERIALIZED (
        SELECT p.*, cardinality(p.moments)::pg_catalog.int8 AS failures, p.moments[cardinality(p.moments)] AS last_at
        FROM script_tracking.failure_patterns(p_tenant_hk, p_since) AS p
        WHERE NOT EXISTS (SELECT FROM script_tracking.resolution_of(p.last_keys[1]))
        ORDER BY p.duration_ms DESC, cardinality(p.moments) DESC, p.script_name
        LIMIT 20
    ), tried AS MATERIALIZED (
        SELECT p.*, coalesce(cardinality(c.moments), 0) AS completed, c.moments[1] AS last_success,
            (SELECT count(*) FROM unnest(c.moments) AS m (at) WHERE m.at > p.last_at) AS since_then,
            -- Of the last failures that were followed by a success: how long after. Not of those before the oldest completion
            -- that was read: what followed them first is not known.
            (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM n.at - f.at))
             FROM unnest(p.moments[p.failures - 9:]) AS f (at)
             CROSS JOIN LATERAL (SELECT min(m.at) AS at FROM unnest(c.moments) AS m (at) WHERE m.at > f.at) AS n
             WHERE n.at IS NOT NULL AND (cardinality(c.moments) < 300 OR f.at >= c.moments[300])) AS seconds_after
        FROM pattern AS p
        CROSS JOIN LATERAL (
            SELECT array_agg(r.began ORDER BY r.began DESC) AS moments
            FROM (
                SELECT s.execution_timestamp AS began
                FROM script_tracking.script_execution_s AS s
                WHERE NOT p.is_ddl AND s.script_name = p.script_name AND s.load_end_date IS NULL
                    AND s.execution_status = 'COMPLETED' AND s.script_type NOT IN ('DDL_AUTO', 'DDL_LOG')
                    AND s.tenant_hk IS NOT DISTINCT FROM p.tenant_hk AND s.execution_timestamp >= p_since
                    -- Nothing is recorded before it began; the day allows for clocks that differ.
                    AND s.load_date >= p_since - '1 day'::pg_catalog."interval"
                ORDER BY s.execution_timestamp DESC
                LIMIT 300
            ) AS r
        ) AS c
    )
    SELECT 'failure', concat_ws(' ', t.script_name, t.object_identity), t.tenant_hk, t.duration_ms / 1000, t.failures, t.moments[1],
        t.last_at,
        format('failed %s times: %s', t.failures, coalesce(script_tracking.failure_words(t.last_keys[1], t.last_load_date), 'no message'))
            || CASE WHEN t.is_ddl THEN '' WHEN t.completed = 0 THEN '; never completed in this time'
                ELSE format('; completed %s times%s, the last at %s', t.completed, CASE WHEN t.completed = 300 THEN ' or more' END,
                    to_char(t.last_success AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')) END
            || CASE WHEN t.seconds_after IS NULL THEN ''
                ELSE format(', usually %s minutes after a failure', round((t.seconds_after / 60)::pg_catalog."numeric", 1)) END
            || CASE WHEN t.read_since IS NULL THEN '' ELSE '; only failures since '
                || to_char(t.read_since AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') || ' were read' END,
        'dbtrack show ' || left(encode(t.last_keys[1], 'hex'), 12), t.last_keys
    FROM tried AS t
    WHERE t.since_then <= t.failures;
END
$function$;

COMMENT ON FUNCTION script_tracking.advise_repeated_failures(pg_catalog.bytea, pg_catalog.timestamptz) IS
    'What failed at least three times with the same error, how long that took, and when it succeeds';
