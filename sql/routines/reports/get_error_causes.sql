-- Lists the executions that did not succeed, by cause. A writer that records only psql's output knows no SQLSTATE. It
-- is then taken from the other executions with the same message, if these agree.
CREATE OR REPLACE FUNCTION script_tracking.get_error_causes(
    hours pg_catalog.int4 DEFAULT 24,
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    since pg_catalog.timestamptz DEFAULT NULL,
    until pg_catalog.timestamptz DEFAULT NULL,
    execution_status pg_catalog.text DEFAULT NULL,
    maximum_rows pg_catalog.int8 DEFAULT NULL,
    execution_keys pg_catalog.bytea[] DEFAULT NULL
)
RETURNS TABLE (
    occurrences pg_catalog.int8,
    sqlstate pg_catalog.text,
    ended_by pg_catalog.text,
    message pg_catalog.text,
    first_seen pg_catalog.timestamptz,
    last_seen pg_catalog.timestamptz,
    statement pg_catalog.text,
    hint pg_catalog.text,
    execution_key pg_catalog.bytea,
    script_name pg_catalog."varchar",
    parent_key pg_catalog.bytea,
    parent_name pg_catalog."varchar",
    users pg_catalog.text[],
    tenants pg_catalog.text[]
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
-- The lookups open only the months of the rows that are shown.
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    -- A whole minute, like the rollups.
    v_since CONSTANT pg_catalog.timestamptz := coalesce(get_error_causes.since, date_trunc('minute',
        coalesce(get_error_causes.until, statement_timestamp()) - make_interval(hours => get_error_causes.hours), 'UTC'));
    v_failures script_tracking.rollup_error[];
    v_first_load pg_catalog.timestamptz;
    v_last_load pg_catalog.timestamptz;
BEGIN
    IF get_error_causes.hours < 1 THEN
        RAISE EXCEPTION 'hours must be above zero, not %', get_error_causes.hours USING ERRCODE = 'DT006';
    END IF;
    PERFORM script_tracking.record_access('errors', encode(get_error_causes.tenant_hk, 'hex'), NULL, true);
    SELECT array_agg(f), min(f.last_load_date), max(f.last_load_date)
    INTO v_failures, v_first_load, v_last_load
    FROM (
        SELECT t FROM script_tracking.tally_errors(get_error_causes.tenant_hk, v_since, get_error_causes.until) AS t
        WHERE get_error_causes.execution_keys IS NULL
        UNION ALL
        SELECT t FROM script_tracking.failed_rows(get_error_causes.tenant_hk, v_since,
            coalesce(get_error_causes.until, 'infinity'), tstzmultirange(tstzrange(v_since,
                coalesce(get_error_causes.until, 'infinity'))), NULL, NULL, NULL, get_error_causes.execution_keys) AS t
        WHERE get_error_causes.execution_keys IS NOT NULL
    ) AS e
    CROSS JOIN LATERAL (SELECT (e.t).*) AS f
    WHERE get_error_causes.execution_status IS NULL OR f.execution_status = get_error_causes.execution_status;
    IF v_failures IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH caused AS (
        SELECT f AS failure, f.occurrences, f.ended_by, f.message, f.first_seen, f.last_seen, f.last_version,
            f.last_execution_hk, coalesce(f.own_sqlstate,
                CASE WHEN min(f.own_sqlstate) OVER alike = max(f.own_sqlstate) OVER alike
                    THEN min(f.own_sqlstate) OVER alike END) AS sqlstate
        FROM unnest(v_failures) AS f
        WINDOW alike AS (PARTITION BY f.message, f.ended_by)
    ), cause AS MATERIALIZED (
        SELECT sum(c.occurrences)::pg_catalog.int8 AS occurrences, c.sqlstate, c.ended_by,
            coalesce(c.message, 'other causes') AS message, min(c.first_seen) AS first_seen, max(c.last_seen) AS last_seen,
            array_agg(c.failure ORDER BY c.last_seen DESC, c.last_version DESC, c.last_execution_hk) AS failures
        FROM caused AS c
        GROUP BY c.sqlstate, c.ended_by, c.message
        ORDER BY last_seen DESC, c.message
        LIMIT get_error_causes.maximum_rows
    )
    SELECT c.occurrences, c.sqlstate, c.ended_by, c.message, c.first_seen, c.last_seen, t.statement, h.hint,
        c.failures[1].last_execution_hk, n.script_name, p.parent_key, p.parent_name,
        -- Unnested in the select list: in FROM, each row would create a tuplestore of its own.
        ARRAY(SELECT DISTINCT u.name FROM (SELECT unnest(f.users) AS name FROM unnest(c.failures) AS f) AS u
            ORDER BY u.name LIMIT 20),
        ARRAY(SELECT t.tenant_bk::pg_catalog.text FROM script_tracking.tenant_h AS t
            WHERE t.tenant_hk IN (SELECT DISTINCT u.key FROM (SELECT unnest(f.tenants) AS key FROM unnest(c.failures) AS f) AS u
                ORDER BY u.key LIMIT 20)
            ORDER BY t.tenant_bk)
    FROM cause AS c
    LEFT JOIN LATERAL (
        SELECT s.script_name
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date = c.failures[1].last_load_date AND s.script_execution_hk = c.failures[1].last_execution_hk
            AND s.load_date >= v_first_load AND s.load_date <= v_last_load
    ) AS n ON true
    LEFT JOIN LATERAL (
        SELECT left(coalesce(s.sql_command, s.metadata ->> 'command'), 1000) AS statement
        FROM (
            SELECT f.last_load_date, f.last_execution_hk FROM unnest(c.failures) WITH ORDINALITY AS f
            WHERE f.has_statement ORDER BY f.ordinality LIMIT 1
        ) AS f
        JOIN script_tracking.script_execution_s AS s
            ON s.load_date = f.last_load_date AND s.script_execution_hk = f.last_execution_hk
        WHERE s.load_date >= v_first_load AND s.load_date <= v_last_load
    ) AS t ON true
    LEFT JOIN LATERAL (
        SELECT s.metadata ->> 'hint' AS hint
        FROM (
            SELECT f.last_load_date, f.last_execution_hk FROM unnest(c.failures) WITH ORDINALITY AS f
            WHERE f.has_hint ORDER BY f.ordinality LIMIT 1
        ) AS f
        JOIN script_tracking.script_execution_s AS s
            ON s.load_date = f.last_load_date AND s.script_execution_hk = f.last_execution_hk
        WHERE s.load_date >= v_first_load AND s.load_date <= v_last_load
    ) AS h ON true
    LEFT JOIN LATERAL (
        SELECT l.parent_execution_hk AS parent_key, v.script_name AS parent_name
        FROM script_tracking.script_execution_parent_l AS l
        CROSS JOIN LATERAL script_tracking.execution_versions(l.parent_execution_hk) AS v
        WHERE l.child_execution_hk = c.failures[1].last_execution_hk AND v.load_end_date IS NULL
            AND l.load_date >= v_since - '1 day'::pg_catalog."interval"
        ORDER BY l.load_date
        LIMIT 1
    ) AS p ON true
    ORDER BY c.last_seen DESC, c.message;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_error_causes(
    pg_catalog.int4, pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.text,
    pg_catalog.int8, pg_catalog.bytea[]) IS
    'What failed, was cancelled or abandoned, by cause, the latest first; since and until override the hours; '
    'execution_keys: only of these executions';
