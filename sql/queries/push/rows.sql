-- The rows of these versions as one JSON text, as receive_events takes them: with their hub rows, the links to what they ran
-- in, which versions they end, their tenants. Names are those of the columns. OFFSET 0: each row is looked up by its key, and
-- no table is read whole, however large it is.
WITH wanted AS MATERIALIZED (
    SELECT w.load_date, w.key
    FROM ROWS FROM (pg_catalog.unnest(%(load_dates)s::pg_catalog.timestamptz[]), pg_catalog.unnest(%(keys)s::pg_catalog.bytea[]))
        AS w (load_date, key)
), version AS MATERIALIZED (
    SELECT s.script_execution_hk, s.load_date, s.hash_diff, s.version_number, s.tenant_hk, s.script_name, s.script_type,
        s.execution_status, s.execution_timestamp, s.execution_duration_ms, s.db_session_user, s.client_ip,
        s.affected_objects, s.sql_command, s.error_message, s.metadata, s.record_source,
        h.script_execution_bk, h.tenant_hk AS hub_tenant_hk, h.record_source AS hub_record_source
    FROM wanted AS w
    CROSS JOIN LATERAL (SELECT v.* FROM script_tracking.script_execution_s AS v
        WHERE v.load_date = w.load_date AND v.script_execution_hk = w.key OFFSET 0) AS s
    LEFT JOIN LATERAL (SELECT b.* FROM script_tracking.script_execution_h AS b
        WHERE b.load_date = w.load_date AND b.script_execution_hk = w.key OFFSET 0) AS h ON true
), link AS MATERIALIZED (
    -- Nothing is recorded before it began; the day allows for clocks that differ. So earlier months are not read.
    SELECT l.script_execution_parent_hk, l.parent_execution_hk, l.child_execution_hk, l.link_type, l.tenant_hk, l.load_date,
        l.record_source
    FROM version AS v
    CROSS JOIN LATERAL (SELECT p.* FROM script_tracking.script_execution_parent_l AS p
        WHERE p.child_execution_hk = v.script_execution_hk
            AND p.load_date >= v.execution_timestamp - pg_catalog."interval" '1 day' OFFSET 0) AS l
    UNION
    SELECT l.script_execution_parent_hk, l.parent_execution_hk, l.child_execution_hk, l.link_type, l.tenant_hk, l.load_date,
        l.record_source
    FROM wanted AS w
    CROSS JOIN LATERAL (SELECT p.* FROM script_tracking.script_execution_parent_l AS p
        WHERE p.load_date = w.load_date AND p.script_execution_parent_hk = w.key OFFSET 0) AS l
)
SELECT pg_catalog.json_build_object(
    'versions', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.to_json(v)), '[]') FROM version AS v),
    'links', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.to_json(l)), '[]') FROM link AS l),
    'ended', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.to_json(e)), '[]') FROM (
        SELECT v.script_execution_hk, v.load_date, (
            SELECT pg_catalog.max(p.load_date) FROM (SELECT o.load_date FROM script_tracking.script_execution_s AS o
                WHERE o.execution_timestamp = v.execution_timestamp AND o.script_execution_hk = v.script_execution_hk
                    AND o.load_date >= v.execution_timestamp - pg_catalog."interval" '1 day'
                    AND o.load_date < v.load_date OFFSET 0) AS p) AS previous_load_date
        FROM version AS v WHERE v.script_execution_bk IS NULL) AS e),
    'tenants', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.to_json(t)), '[]') FROM (
        SELECT DISTINCT u.tenant_hk AS hk, h.tenant_bk AS bk, s.tenant_name AS name
        FROM (SELECT v.tenant_hk FROM version AS v UNION SELECT v.hub_tenant_hk FROM version AS v WHERE v.script_execution_bk IS NOT NULL
            UNION SELECT l.tenant_hk FROM link AS l) AS u
        LEFT JOIN script_tracking.tenant_h AS h ON h.tenant_hk = u.tenant_hk
        LEFT JOIN script_tracking.tenant_s AS s ON s.tenant_hk = u.tenant_hk AND s.load_end_date IS NULL) AS t)
)::pg_catalog.text
