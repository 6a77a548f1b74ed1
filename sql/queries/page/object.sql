-- One object in 90 days: what was done to it and to what belongs to it, by command, status and day.
SELECT s.script_name, s.execution_status, pg_catalog.date_trunc('day', s.execution_timestamp, 'UTC') AS day,
    pg_catalog.count(*) AS executions, pg_catalog.max(s.execution_timestamp) AS last_seen,
    (pg_catalog.array_agg(s.db_session_user ORDER BY s.execution_timestamp DESC))[1] AS last_user,
    pg_catalog.max(CASE WHEN pg_catalog.jsonb_typeof(s.metadata -> 'object_types') = 'array' THEN
        s.metadata -> 'object_types'
            ->> (pg_catalog.array_position(s.affected_objects, %(identity)s::pg_catalog.text) - 1) END) AS object_type
-- A search reads only its places.
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL
    AND s.execution_timestamp >= pg_catalog.statement_timestamp() - pg_catalog."interval" '90 days'
    AND s.load_date >= pg_catalog.statement_timestamp() - pg_catalog."interval" '91 days'
    AND pg_catalog.array_to_string(s.affected_objects, pg_catalog.chr(10)) LIKE %(object_near)s::pg_catalog.text
    AND EXISTS (
        SELECT FROM pg_catalog.unnest(s.affected_objects) AS o (identity)
        WHERE o.identity LIKE ANY (%(object)s::pg_catalog.text[]))
GROUP BY s.script_name, s.execution_status, day
