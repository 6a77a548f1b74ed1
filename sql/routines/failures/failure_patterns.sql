-- Returns what failed at least three times since a moment, with the same name and the same error: the same SQLSTATE, or where
-- none is known the same text but for digits; of DDL also on the same object. It reads the latest failures, at most p_most_rows,
-- by their index. read_since is the time of the oldest of them where that was the limit.
CREATE OR REPLACE FUNCTION script_tracking.failure_patterns(
    p_tenant_hk pg_catalog.bytea,
    p_since pg_catalog.timestamptz,
    p_most_rows pg_catalog.int8 DEFAULT 5000
)
RETURNS TABLE (
    tenant_hk pg_catalog.bytea,
    script_name pg_catalog.text,
    object_identity pg_catalog.text,
    is_ddl pg_catalog.bool,
    sqlstate pg_catalog.text,
    moments pg_catalog.timestamptz[],
    duration_ms pg_catalog."numeric",
    last_keys pg_catalog.bytea[],
    last_load_date pg_catalog.timestamptz,
    read_since pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE ROWS 20
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
    WITH recent AS MATERIALIZED (
        SELECT s.tenant_hk, s.script_name::pg_catalog.text AS script_name, s.execution_status,
            CASE WHEN s.script_type IN ('DDL_AUTO', 'DDL_LOG') THEN coalesce(s.affected_objects[1], '') END AS object_identity,
            substring(s.metadata ->> 'sqlstate', '^[0-9A-Z]{5}$') AS sqlstate,
            -- Quicker than the normalised message, which the rollups have.
            CASE WHEN s.metadata ->> 'sqlstate' IS NULL THEN translate(left(s.error_message, 300), '0123456789', '') END AS words,
            s.execution_timestamp, s.execution_duration_ms, s.script_execution_hk, s.load_date
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_end_date IS NULL AND s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
            -- If an operation failed, the log's entry about its error is counted with the operation.
            AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with') AND s.script_type <> 'SECURITY'
            AND s.execution_timestamp >= p_since
            -- Nothing is recorded before it began; the day allows for clocks that differ.
            AND s.load_date >= p_since - '1 day'::pg_catalog."interval"
            AND (p_tenant_hk IS NULL OR s.tenant_hk = p_tenant_hk)
        ORDER BY s.execution_timestamp DESC
        LIMIT p_most_rows
    ), read AS (
        SELECT CASE WHEN count(*) = p_most_rows THEN min(r.execution_timestamp) END AS since FROM recent AS r
    )
    SELECT r.tenant_hk, r.script_name, nullif(r.object_identity, ''), r.object_identity IS NOT NULL, r.sqlstate,
        array_agg(r.execution_timestamp ORDER BY r.execution_timestamp), coalesce(sum(r.execution_duration_ms), 0),
        (array_agg(r.script_execution_hk ORDER BY r.execution_timestamp DESC, r.script_execution_hk))[1:3],
        (array_agg(r.load_date ORDER BY r.execution_timestamp DESC, r.script_execution_hk))[1], a.since
    FROM recent AS r CROSS JOIN read AS a
    GROUP BY r.tenant_hk, r.script_name, r.object_identity, r.sqlstate, r.words, r.execution_status, a.since
    HAVING count(*) >= 3;
END
$function$;

COMMENT ON FUNCTION script_tracking.failure_patterns(pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.int8) IS
    'What failed at least three times since a moment with the same name and the same error: when, how long that took, the latest '
    'three executions';
