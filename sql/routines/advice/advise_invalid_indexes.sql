-- Lists indexes that a failed CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY left invalid: writes maintain them, and no query
-- reads them. One that is being built is not listed. The key is that of the failure, if it is among the latest 5,000 since a moment.
CREATE OR REPLACE FUNCTION script_tracking.advise_invalid_indexes(p_since pg_catalog.timestamptz)
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
    IF NOT EXISTS (SELECT FROM pg_index AS x WHERE NOT x.indisvalid) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH invalid AS MATERIALIZED (
        SELECT n.nspname, c.relname, t.relname AS table_name, pg_relation_size(c.oid) AS bytes
        FROM pg_index AS x
        JOIN pg_class AS c ON c.oid = x.indexrelid AND c.relkind = 'i'
        JOIN pg_class AS t ON t.oid = x.indrelid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE NOT x.indisvalid AND n.nspname !~ '^pg_'
            AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index AS p WHERE p.index_relid = x.indexrelid OR p.relid = x.indrelid)
    ), failed AS MATERIALIZED (
        SELECT s.script_execution_hk, s.execution_timestamp, s.sql_command
        FROM (
            SELECT f.* FROM script_tracking.script_execution_s AS f
            WHERE f.load_end_date IS NULL AND f.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
                AND f.execution_timestamp >= p_since AND f.load_date >= p_since - '1 day'::pg_catalog."interval"
            ORDER BY f.execution_timestamp DESC
            LIMIT 5000
        ) AS s
        WHERE s.script_name IN ('CREATE INDEX', 'REINDEX') AND s.sql_command COLLATE "C" ~* '\mCONCURRENTLY\M'
    )
    SELECT 'invalid', format('%I.%I', i.nspname, i.relname), NULL::pg_catalog.bytea, NULL::pg_catalog."numeric", 1::pg_catalog.int8,
        f.execution_timestamp, f.execution_timestamp,
        format('the index on %I is invalid and has %s', i.table_name, pg_size_pretty(i.bytes))
            || CASE WHEN f.script_execution_hk IS NULL THEN '; the record has no failure that names it'
                ELSE '; its build failed at ' || to_char(f.execution_timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') END,
        format('DROP INDEX CONCURRENTLY %I.%I;', i.nspname, i.relname), array_remove(ARRAY[f.script_execution_hk], NULL)
    FROM invalid AS i
    LEFT JOIN LATERAL (
        SELECT e.* FROM failed AS e
        WHERE strpos(lower(e.sql_command COLLATE "C"), lower(regexp_replace(i.relname, '_cc(new|old)[0-9]*$', '') COLLATE "C")) > 0
        ORDER BY e.execution_timestamp DESC LIMIT 1
    ) AS f ON true;
END
$function$;

COMMENT ON FUNCTION script_tracking.advise_invalid_indexes(pg_catalog.timestamptz) IS
    'Indexes that a failed build left invalid';
