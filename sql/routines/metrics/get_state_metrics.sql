-- Returns the metrics about capture, what runs now, and what runs in the background. A value that the role may not read
-- is missing.
CREATE OR REPLACE FUNCTION script_tracking.get_state_metrics(p_most_types pg_catalog.int4 DEFAULT 20)
RETURNS TABLE (
    metric_family pg_catalog.text,
    metric_type pg_catalog.text,
    metric_help pg_catalog.text,
    metric_name pg_catalog.text,
    labels pg_catalog.jsonb,
    metric_value pg_catalog."numeric"
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_now CONSTANT pg_catalog.timestamptz := statement_timestamp();
    v_captures pg_catalog.bool;
BEGIN
    RETURN QUERY
    SELECT 'dbtrack_build_info', 'gauge', 'Versions of what is installed; always 1.', 'dbtrack_build_info',
        jsonb_build_object('version', i.property_value, 'postgresql', current_setting('server_version')), 1::pg_catalog."numeric"
    FROM script_tracking.installation AS i WHERE i.property_name = 'dbtrack.version';
    v_captures := coalesce(current_setting('event_triggers', true), 'on') <> 'off' AND 3 = (
        SELECT count(*)
        FROM pg_catalog.pg_event_trigger AS e
        JOIN pg_catalog.pg_proc AS p ON p.oid = e.evtfoid
        WHERE p.pronamespace = 'script_tracking'::pg_catalog.regnamespace AND e.evtenabled <> 'D'
            AND e.evtname IN ('et_ddl_command_start', 'et_ddl_command_end', 'et_sql_drop'))
        AND script_tracking.current_setting_value('capture.enabled') = 'on';
    RETURN QUERY SELECT 'dbtrack_capture_enabled', 'gauge', 'Whether DDL is recorded: 1 or 0.', 'dbtrack_capture_enabled',
        '{}'::pg_catalog.jsonb, v_captures::pg_catalog.int4::pg_catalog."numeric";
    IF has_sequence_privilege('script_tracking.capture_failure_seq', 'SELECT') THEN
        RETURN QUERY SELECT 'dbtrack_capture_failures', 'counter', 'DDL commands that could not be recorded.',
            'dbtrack_capture_failures_total', '{}'::pg_catalog.jsonb,
            CASE WHEN q.is_called THEN q.last_value ELSE 0 END::pg_catalog."numeric"
        FROM script_tracking.capture_failure_seq AS q;
    END IF;
    IF has_sequence_privilege('script_tracking.capture_partial_seq', 'SELECT') THEN
        RETURN QUERY SELECT 'dbtrack_partial_captures', 'counter', 'DDL commands that were recorded in part.',
            'dbtrack_partial_captures_total', '{}'::pg_catalog.jsonb,
            CASE WHEN q.is_called THEN q.last_value ELSE 0 END::pg_catalog."numeric"
        FROM script_tracking.capture_partial_seq AS q;
    END IF;
    RETURN QUERY
    WITH running AS MATERIALIZED (
        SELECT r.script_type::pg_catalog.text, count(*) AS operations, min(r.execution_timestamp) AS oldest
        FROM script_tracking.running_executions() AS r GROUP BY r.script_type
    ), shown AS (
        SELECT CASE WHEN t.place <= p_most_types OR t.is_usual THEN t.script_type ELSE 'other' END AS label, t.operations
        FROM (
            SELECT r.*, u.is_usual, row_number() OVER (PARTITION BY u.is_usual ORDER BY r.script_type) AS place
            FROM running AS r
            CROSS JOIN LATERAL (SELECT r.script_type = ANY (script_tracking.usual_types())) AS u (is_usual)
        ) AS t
        UNION ALL VALUES ('MIGRATION', 0), ('MANUAL', 0)
    )
    SELECT 'dbtrack_running_operations', 'gauge', 'Operations that run now.', 'dbtrack_running_operations',
        jsonb_build_object('type', s.label), sum(s.operations)
    FROM shown AS s GROUP BY s.label
    UNION ALL
    SELECT 'dbtrack_oldest_running_operation_age_seconds', 'gauge', 'How long the oldest running operation has run; 0: none runs.',
        'dbtrack_oldest_running_operation_age_seconds', '{}', coalesce(greatest(extract(epoch FROM v_now - min(r.oldest)), 0), 0)
    FROM running AS r;
    RETURN QUERY
    SELECT 'dbtrack_rollup_lag_seconds', 'gauge', 'How long ago the rollups were brought up to date.', 'dbtrack_rollup_lag_seconds',
        '{}'::pg_catalog.jsonb, greatest(extract(epoch FROM l.lag), 0)
    FROM script_tracking.get_rollup_lag() AS l WHERE l.lag IS NOT NULL;
    RETURN QUERY
    SELECT 'dbtrack_seal_lag_seconds', 'gauge', 'How long ago the record was last sealed.', 'dbtrack_seal_lag_seconds',
        '{}'::pg_catalog.jsonb, greatest(extract(epoch FROM s.lag), 0)
    FROM (SELECT script_tracking.get_seal_lag() AS lag) AS s WHERE s.lag IS NOT NULL;
    RETURN QUERY
    SELECT m.family, 'gauge', m.help, m.family, jsonb_build_object('destination', d.destination_name), m.value
    FROM script_tracking.get_digest_destinations() AS d
    CROSS JOIN LATERAL (VALUES
        ('dbtrack_digest_age_seconds', 'How long ago the last digest left for a destination.',
         -- greatest alone is 0 where none has left.
         CASE WHEN d.left_at IS NOT NULL THEN greatest(extract(epoch FROM v_now - d.left_at), 0) END),
        ('dbtrack_digest_lag_seconds', 'How long the oldest sealed block has waited for its digest to leave; 0: all have left.',
         extract(epoch FROM d.digest_lag)),
        ('dbtrack_digest_failures', 'Attempts that failed since the last digest that left.', d.failures::pg_catalog."numeric")
    ) AS m (family, help, value)
    WHERE m.value IS NOT NULL ORDER BY m.family;
    -- By the names that ensure_partitions gives, as in get_storage_health.
    RETURN QUERY
    SELECT 'dbtrack_partitions_ahead', 'gauge', 'Coming months that have partitions.', 'dbtrack_partitions_ahead',
        '{}'::pg_catalog.jsonb, min(t.months)::pg_catalog."numeric"
    FROM (
        SELECT count(c.oid) AS months
        FROM unnest('{script_execution_h,script_execution_s,script_execution_parent_l}'::pg_catalog.text[]) AS e (name)
        LEFT JOIN pg_catalog.pg_inherits AS i ON i.inhparent = to_regclass('script_tracking.' || e.name)
        LEFT JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
            AND right(c.relname, 7) COLLATE "C" > to_char(v_now, 'YYYY_MM') COLLATE "C"
        GROUP BY e.name
    ) AS t;
    RETURN QUERY SELECT 'dbtrack_record_size_bytes', 'gauge', 'Disk space of the record with its indexes.',
        'dbtrack_record_size_bytes', '{}'::pg_catalog.jsonb, script_tracking.get_storage_size()::pg_catalog."numeric";
    IF has_table_privilege('script_tracking.catalog_snapshot', 'SELECT') THEN
        RETURN QUERY
        SELECT 'dbtrack_reconcile_age_seconds', 'gauge', 'How long ago dbtrack reconcile last compared the catalogs.',
            'dbtrack_reconcile_age_seconds', '{}'::pg_catalog.jsonb, greatest(extract(epoch FROM v_now - max(c.taken_at)), 0)
        FROM script_tracking.catalog_snapshot AS c HAVING count(*) > 0;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_state_metrics(pg_catalog.int4) IS
    'The part of get_metrics that is about capture, what runs now, and what runs in the background';
