-- What happened, in the columns that Grafana takes as annotations: executions as lines or spans on any graph. Limit
-- "time": the index on execution_timestamp is then used, and a range of time reads only what is in it.
CREATE OR REPLACE VIEW script_tracking.annotation
WITH (security_invoker = true) AS
SELECT
    s.execution_timestamp AS "time",
    -- All versions have the time of the first.
    CASE WHEN s.execution_status <> 'RUNNING'
        -- A caller may report any duration. One above a century would be an error for whoever reads the row.
        THEN s.execution_timestamp + least(coalesce(
            CASE WHEN jsonb_typeof(s.metadata -> 'duration_us') = 'number'
                THEN (s.metadata ->> 'duration_us')::pg_catalog.float8 / 1000000 END,
            s.execution_duration_ms / 1000.0, 0), 3155760000) * '1 second'::pg_catalog."interval" END AS timeend,
    s.script_name || CASE WHEN s.execution_status = 'COMPLETED' THEN '' ELSE ': ' || s.execution_status END
        || coalesce(': ' || left(s.error_message, 200), '') AS text,
    concat_ws(',', lower(s.script_type COLLATE "C"), lower(s.execution_status COLLATE "C"), t.tenant_bk) AS tags,
    s.script_type,
    s.execution_status,
    s.tenant_hk
FROM script_tracking.script_execution_s AS s
LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = s.tenant_hk
WHERE s.load_end_date IS NULL;

COMMENT ON VIEW script_tracking.annotation IS
    'Executions as annotations of graphs: time, timeend, text, tags; limit time, e.g. Grafana''s $__timeFilter(time)';
