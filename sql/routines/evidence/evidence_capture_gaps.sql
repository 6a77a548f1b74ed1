-- Returns the times within a period in which capture was off, as far as the record shows. What overlaps is one time. Everybody
-- may know when, because each tenant's evidence depends on it; who switched it off is shown to administrators.
CREATE OR REPLACE FUNCTION script_tracking.evidence_capture_gaps(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz
)
RETURNS TABLE (
    off_from pg_catalog.timestamptz,
    off_until pg_catalog.timestamptz,
    is_exact pg_catalog.bool,
    subject pg_catalog.text,
    login pg_catalog.text,
    script_execution_hk pg_catalog.bytea,
    detail pg_catalog.text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET "TimeZone" = 'UTC'
AS $function$
#variable_conflict use_column
DECLARE
    v_may_administer CONSTANT pg_catalog.bool := script_tracking.caller_may_administer();
BEGIN
    PERFORM script_tracking.own_audit();
    RETURN QUERY
    WITH switch AS MATERIALIZED (
        SELECT s.*, lag(s.is_on) OVER (PARTITION BY s.part ORDER BY s.switched_at, s.seen_at) AS was_on
        FROM script_tracking.evidence_capture_switches(p_until) AS s
    ), stretch AS (
        SELECT s.part, s.switched_at AS off_from, s.is_exact, s.login, s.script_execution_hk, s.detail,
            coalesce((SELECT min(n.switched_at) FROM switch AS n
                    WHERE n.part = s.part AND n.is_on AND n.switched_at >= s.seen_at),
                -- What was captured later shows that this trigger worked again.
                CASE WHEN s.part IN ('et_ddl_command_start', 'et_ddl_command_end') THEN (
                    SELECT min(c.load_date) FROM script_tracking.script_execution_s AS c
                    WHERE c.load_date > s.seen_at AND c.script_type = 'DDL_AUTO' AND c.record_source LIKE 'event@_trigger@@%' ESCAPE '@')
                END, 'infinity') AS off_until
        FROM switch AS s
        WHERE NOT s.is_on AND coalesce(s.was_on, true) AND s.switched_at < p_until
    ), disabled AS (
        -- It is off now, and nothing in the record says since when: since the last DDL that was captured.
        SELECT x.name AS part, coalesce((SELECT max(c.load_date) FROM script_tracking.script_execution_s AS c
                WHERE c.script_type = 'DDL_AUTO' AND c.record_source LIKE 'event@_trigger@@%' ESCAPE '@'), p_since) AS off_from,
            false AS is_exact, NULL::pg_catalog.text AS login, NULL::pg_catalog.bytea AS script_execution_hk,
            format('the event trigger %s is %s now; since when is not in the record', x.name,
                CASE WHEN e.evtenabled IS NULL THEN 'missing' ELSE 'set to fire ' || script_tracking.trigger_state(e.evtenabled) END)
                AS detail, 'infinity'::pg_catalog.timestamptz AS off_until
        FROM unnest('{et_ddl_command_start,et_ddl_command_end,et_sql_drop,et_table_rewrite}'::pg_catalog.text[]) AS x (name)
        LEFT JOIN pg_catalog.pg_event_trigger AS e ON e.evtname = x.name
        WHERE e.evtenabled IS DISTINCT FROM 'A'
            AND NOT EXISTS (SELECT FROM stretch AS s WHERE s.part IN (x.name, 'dbtrack suspend') AND s.off_until = 'infinity')
    ), known AS (
        SELECT s.part, s.off_from, s.off_until, s.is_exact, s.login, s.script_execution_hk, s.detail FROM stretch AS s
        UNION ALL
        SELECT d.part, d.off_from, d.off_until, d.is_exact, d.login, d.script_execution_hk, d.detail FROM disabled AS d
    ), marked AS (
        SELECT k.*, coalesce(k.off_from > max(k.off_until) OVER (ORDER BY k.off_from, k.part
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true) AS begins
        FROM known AS k
        WHERE k.off_until > p_since AND k.off_from < p_until
    ), numbered AS (
        SELECT m.*, count(*) FILTER (WHERE m.begins) OVER (ORDER BY m.off_from, m.part) AS number FROM marked AS m
    )
    SELECT min(n.off_from), nullif(max(n.off_until), 'infinity'), bool_and(n.is_exact),
        string_agg(DISTINCT n.part, ', '),
        CASE WHEN v_may_administer THEN min(n.login) END,
        (array_agg(n.script_execution_hk ORDER BY n.off_from, n.part) FILTER (WHERE n.script_execution_hk IS NOT NULL))[1],
        CASE WHEN v_may_administer THEN string_agg(n.detail, '; ' ORDER BY n.off_from, n.part) || ' ' ELSE '' END
            || CASE WHEN max(n.off_until) = 'infinity' THEN '(no end is in the record)'
                ELSE format('(until %s)', to_char(max(n.off_until), 'YYYY-MM-DD HH24:MI:SSOF')) END
    FROM numbered AS n
    GROUP BY n.number
    ORDER BY 1;
END
$function$;

COMMENT ON FUNCTION script_tracking.evidence_capture_gaps(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'The times within a period in which capture was off, as far as the record shows';
