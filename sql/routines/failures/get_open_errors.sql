-- Lists the open failures by cause, in the form of get_error_causes, the latest first. execution_keys: only these of them.
CREATE OR REPLACE FUNCTION script_tracking.get_open_errors(
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
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH failure AS MATERIALIZED (
        SELECT s.*, c.sqlstate, c.ended_by, c.message,
            row_number() OVER (PARTITION BY c.sqlstate, c.ended_by, c.message
                ORDER BY s.execution_timestamp DESC, s.version_number DESC) AS age
        FROM script_tracking.get_open_failures(hours, tenant_hk, since, until, execution_status, NULL, execution_keys) AS s
        CROSS JOIN LATERAL script_tracking.failure_cause(s) AS c
    ), cause AS (
        SELECT count(*) AS occurrences, f.sqlstate, f.ended_by, f.message, min(f.execution_timestamp) AS first_seen,
            max(f.execution_timestamp) AS last_seen,
            (array_agg(DISTINCT f.db_session_user::pg_catalog.text))[1:20] AS users,
            array_agg(DISTINCT f.tenant_hk) FILTER (WHERE f.tenant_hk IS NOT NULL) AS tenants
        FROM failure AS f
        GROUP BY f.sqlstate, f.ended_by, f.message
        ORDER BY last_seen DESC, f.message
        LIMIT maximum_rows
    )
    SELECT c.occurrences, c.sqlstate, c.ended_by, c.message, c.first_seen, c.last_seen,
        left(coalesce(l.sql_command, l.metadata ->> 'command'), 1000), l.metadata ->> 'hint', l.script_execution_hk,
        l.script_name, p.parent_key, p.parent_name, c.users,
        ARRAY(SELECT t.tenant_bk::pg_catalog.text FROM script_tracking.tenant_h AS t
            WHERE t.tenant_hk = ANY (c.tenants) ORDER BY t.tenant_bk LIMIT 20)
    FROM cause AS c
    JOIN failure AS l ON l.age = 1 AND l.sqlstate IS NOT DISTINCT FROM c.sqlstate
        AND l.ended_by IS NOT DISTINCT FROM c.ended_by AND l.message = c.message
    LEFT JOIN LATERAL (
        SELECT k.parent_execution_hk AS parent_key, v.script_name AS parent_name
        FROM script_tracking.script_execution_parent_l AS k
        CROSS JOIN LATERAL script_tracking.execution_versions(k.parent_execution_hk) AS v
        WHERE k.child_execution_hk = l.script_execution_hk AND v.load_end_date IS NULL
            AND k.load_date >= l.execution_timestamp - '1 day'::pg_catalog."interval"
        ORDER BY k.load_date
        LIMIT 1
    ) AS p ON true
    ORDER BY c.last_seen DESC, c.message
$function$;

COMMENT ON FUNCTION script_tracking.get_open_errors(
    pg_catalog.int4, pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.int8,
    pg_catalog.bytea[]) IS
    'Failures that did not succeed later and that nobody has resolved, by cause; since and until '
    'override the hours; execution_keys: only of these executions';
