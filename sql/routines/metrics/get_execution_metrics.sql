-- Returns the metrics that count executions. Few labels, whatever is recorded: the first tenants and types that were
-- recorded have labels of their own, all others are "other". An order by frequency would change, and a counter whose
-- executions move to another label falls.
CREATE OR REPLACE FUNCTION script_tracking.get_execution_metrics(
    p_most_tenants pg_catalog.int4 DEFAULT 20,
    p_most_types pg_catalog.int4 DEFAULT 20
)
RETURNS TABLE (
    metric_family pg_catalog.text,
    metric_type pg_catalog.text,
    metric_help pg_catalog.text,
    metric_name pg_catalog.text,
    labels pg_catalog.jsonb,
    metric_value pg_catalog."numeric"
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
    WITH counted AS MATERIALIZED (
        SELECT c.* FROM script_tracking.counted_executions() AS c
    ), tenant AS (
        -- The empty label is the platform's: executions without a tenant.
        SELECT ''::pg_catalog.text AS label, NULL::pg_catalog.bytea AS tenant_hk
        UNION ALL
        SELECT CASE WHEN t.place <= p_most_tenants THEN t.tenant_bk WHEN p_most_tenants > 0 THEN 'other' ELSE '' END, t.tenant_hk
        FROM (
            -- Also those of which nothing is recorded yet, so that their first failure shows. They come last.
            SELECT h.tenant_hk, h.tenant_bk, row_number() OVER (ORDER BY c.first_version, h.load_date, h.tenant_bk) AS place
            FROM script_tracking.tenant_h AS h
            LEFT JOIN (
                SELECT c.tenant_hk, min(c.first_version) AS first_version FROM counted AS c GROUP BY c.tenant_hk
            ) AS c ON c.tenant_hk = h.tenant_hk
        ) AS t
    ), kind AS (
        SELECT t.name AS label, t.name AS script_type
        FROM unnest(script_tracking.usual_types()) AS t (name)
        UNION ALL
        SELECT CASE WHEN o.place <= p_most_types THEN o.script_type ELSE 'other' END, o.script_type
        FROM (
            SELECT c.script_type::pg_catalog.text, row_number() OVER (ORDER BY min(c.first_version), c.script_type) AS place
            FROM counted AS c
            WHERE c.script_type <> ALL (script_tracking.usual_types())
            GROUP BY c.script_type
        ) AS o
    ), labelled AS MATERIALIZED (
        -- A tenant that was removed counts for the platform.
        SELECT coalesce(t.label, '') AS tenant, k.label AS type, c.execution_status, c.error_class,
            c.executions, c.timed, c.duration_ms, c.duration_histogram
        FROM counted AS c
        LEFT JOIN tenant AS t ON t.tenant_hk = c.tenant_hk
        JOIN kind AS k ON k.script_type = c.script_type
    ), series AS (
        -- A rate needs a zero before the first execution.
        SELECT l.tenant, l.type FROM labelled AS l
        UNION
        SELECT t.label, k.label
        FROM tenant AS t
        CROSS JOIN unnest('{MIGRATION,DDL_AUTO,MANUAL,UNATTRIBUTED}'::pg_catalog.text[]) AS k (label)
    ), bucket AS MATERIALIZED (
        SELECT l.type, b.place, b.bound,
            sum(div(l.duration_histogram, ('1e' || 15 * b.place)::pg_catalog."numeric") % 1e15) AS timed
        FROM (SELECT l.type, sum(l.duration_histogram) AS duration_histogram FROM labelled AS l GROUP BY l.type
            UNION ALL VALUES ('MIGRATION', 0), ('DDL_AUTO', 0)) AS l
        CROSS JOIN (
            SELECT b.place::pg_catalog.int4 - 1 AS place, coalesce(trim_scale(b.bound)::pg_catalog.text, '+Inf') AS bound
            FROM unnest(script_tracking.duration_bounds() || NULL::pg_catalog."numeric") WITH ORDINALITY AS b (bound, place)
        ) AS b
        GROUP BY l.type, b.place, b.bound
    )
    SELECT 'dbtrack_executions', 'counter', 'Executions that ended, since counting began.', 'dbtrack_executions_total',
        jsonb_build_object('type', s.type, 'status', v.status)
            || CASE WHEN p_most_tenants > 0 THEN jsonb_build_object('tenant', s.tenant) ELSE '{}' END,
        coalesce(e.executions, 0)
    FROM series AS s
    CROSS JOIN unnest('{COMPLETED,FAILED,CANCELLED,ABANDONED}'::pg_catalog.text[]) AS v (status)
    LEFT JOIN (
        SELECT l.tenant, l.type, l.execution_status, sum(l.executions) AS executions
        FROM labelled AS l GROUP BY l.tenant, l.type, l.execution_status
    ) AS e ON e.tenant = s.tenant AND e.type = s.type AND e.execution_status = v.status
    UNION ALL
    SELECT 'dbtrack_errors', 'counter', 'Executions that did not succeed, by the class of their SQLSTATE.',
        'dbtrack_errors_total', jsonb_build_object('sqlstate_class', e.error_class), sum(e.executions)
    FROM (SELECT l.error_class, l.executions FROM labelled AS l WHERE l.error_class <> ''
        UNION ALL VALUES ('unknown', 0)) AS e
    GROUP BY e.error_class
    UNION ALL
    SELECT 'dbtrack_execution_duration_seconds', 'histogram', 'How long executions took.',
        'dbtrack_execution_duration_seconds_bucket', jsonb_build_object('type', b.type, 'le', b.bound),
        sum(b.timed) OVER (PARTITION BY b.type ORDER BY b.place)
    FROM bucket AS b
    UNION ALL
    SELECT 'dbtrack_execution_duration_seconds', 'histogram', 'How long executions took.', d.name,
        jsonb_build_object('type', t.type), d.total
    FROM (
        SELECT l.type, sum(l.timed) AS timed, sum(l.duration_ms) / 1000 AS seconds
        FROM (SELECT l.type, l.timed, l.duration_ms FROM labelled AS l
            UNION ALL VALUES ('MIGRATION', 0, 0), ('DDL_AUTO', 0, 0)) AS l
        GROUP BY l.type
    ) AS t
    CROSS JOIN LATERAL (VALUES ('dbtrack_execution_duration_seconds_count', t.timed),
        ('dbtrack_execution_duration_seconds_sum', t.seconds)) AS d (name, total)
$function$;

COMMENT ON FUNCTION script_tracking.get_execution_metrics(pg_catalog.int4, pg_catalog.int4) IS
    'The part of get_metrics that counts executions';
