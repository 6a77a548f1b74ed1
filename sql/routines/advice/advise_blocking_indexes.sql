-- Lists tables on which an index was built without CONCURRENTLY for a second or more, while somebody waited for the table, or it had
-- 100 MB or more then, by the recorded sizes (capture.object_history). Among the 2,000 longest executions since a moment. seconds is
-- how long writes could not run. A table without a recorded size is only listed if somebody waited.
CREATE OR REPLACE FUNCTION script_tracking.advise_blocking_indexes(p_tenant_hk pg_catalog.bytea, p_since pg_catalog.timestamptz)
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
SET standard_conforming_strings = on
-- The planner leaves out the months that the range does not touch.
SET plan_cache_mode = force_custom_plan
-- Rows in the order of an index end at the limit.
SET enable_bitmapscan = off
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH longest AS MATERIALIZED (
        SELECT s.script_execution_hk, s.tenant_hk, s.script_name, s.execution_status, s.execution_timestamp,
            s.execution_duration_ms, s.sql_command, s.metadata -> 'relation_size' AS sizes
        FROM script_tracking.script_execution_s AS s
        WHERE s.execution_duration_ms >= 1000 AND s.load_end_date IS NULL AND s.execution_timestamp >= p_since
            -- Nothing is recorded before it began; the day allows for clocks that differ.
            AND s.load_date >= p_since - '1 day'::pg_catalog."interval"
            AND (p_tenant_hk IS NULL OR s.tenant_hk = p_tenant_hk)
        ORDER BY s.execution_duration_ms DESC
        LIMIT 2000
    ), built AS (
        SELECT l.script_execution_hk, l.tenant_hk, l.execution_timestamp AS began, l.execution_duration_ms AS milliseconds, l.sql_command,
            coalesce((SELECT min(k.name) FROM jsonb_object_keys(l.sizes) AS k (name)),
                substring(l.sql_command COLLATE "C" FROM '(?i)\mINDEX\s.*?\mON\s+(?:ONLY\s+)?((?:"(?:[^"]|"")+"|[^\s("])+)'))
                AS table_name,
            (SELECT max((e.value ->> 2)::pg_catalog.int8) FROM jsonb_each(l.sizes) AS e (name, value)
             WHERE jsonb_typeof(e.value -> 2) = 'number') AS bytes
        FROM longest AS l
        WHERE l.script_name = 'CREATE INDEX' AND l.execution_status = 'COMPLETED'
            AND l.sql_command COLLATE "C" ~* '^\s*CREATE\s+(UNIQUE\s+)?INDEX\M' AND l.sql_command COLLATE "C" !~* '\mINDEX\s+CONCURRENTLY\M'
    ), waited AS (
        SELECT b.*, (
            SELECT count(DISTINCT w.script_execution_hk)
            FROM script_tracking.execution_wait_s AS w
            WHERE w.started_at BETWEEN b.began AND b.began + b.milliseconds * '1 millisecond'::pg_catalog."interval"
                AND w.script_execution_hk <> b.script_execution_hk
                AND (w.object_identity = b.table_name OR right(w.object_identity, 1 + length(b.table_name)) = '.' || b.table_name)) AS waits
        FROM built AS b
        WHERE b.table_name IS NOT NULL
    )
    SELECT 'build', w.table_name, w.tenant_hk, round(sum(w.milliseconds) / 1000, 3), count(*), min(w.began), max(w.began),
        format('%s indexes were built in %s s, while writes waited', count(*), round(sum(w.milliseconds) / 1000, 1))
            || CASE WHEN max(w.bytes) IS NULL THEN '' ELSE '; the table had ' || pg_size_pretty(max(w.bytes)) END
            || CASE WHEN sum(w.waits) > 0 THEN format('; %s executions waited for it', sum(w.waits)) ELSE '' END,
        (array_agg(regexp_replace(left(w.sql_command, 500) COLLATE "C",
            '(\mINDEX)\s+', '\1 CONCURRENTLY ', 'i') ORDER BY w.milliseconds DESC))[1],
        (array_agg(w.script_execution_hk ORDER BY w.milliseconds DESC))[1:3]
    FROM waited AS w
    WHERE w.waits > 0 OR w.bytes >= 104857600
    GROUP BY w.table_name, w.tenant_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.advise_blocking_indexes(pg_catalog.bytea, pg_catalog.timestamptz) IS
    'Tables on which indexes were built without CONCURRENTLY while somebody waited, or that were large then';
