-- Executions that recorded versions of objects of which none is there, the first 1000, and how many there are. is_elsewhere: they may have
-- come without their versions, by replication: they name another node of which no version is here, or another transaction than the
-- one that recorded them here, where there is a subscription; or a source of this vault has not sent them.
WITH source AS MATERIALIZED (
    SELECT t.* FROM script_tracking.get_vault_tenants() AS t
), node AS (
    SELECT DISTINCT substr(s.record_source, strpos(s.record_source, '@') + 1) AS name FROM script_tracking.object_s AS s
    WHERE strpos(s.object_bk, '/') = 0
    UNION
    SELECT concat(coalesce(nullif(current_setting('cluster_name'), ''), 'local'), ':', current_setting('port'), '/', current_catalog)
), bare AS (
    SELECT e.script_execution_hk, e.load_date, e.affected_objects, e.record_source, e.recorded_by, e.metadata, e.tenant_hk
    FROM script_tracking.script_execution_s AS e
    WHERE e.load_date >= %(from)s AND e.load_end_date IS NULL AND e.metadata ? 'object_digest' AND e.script_type <> 'MAINTENANCE'
        AND NOT EXISTS (SELECT FROM script_tracking.object_s AS o
            WHERE o.script_execution_hk = e.script_execution_hk AND o.cause IN ('captured', 'follows'))
    UNION ALL
    SELECT e.script_execution_hk, e.load_date, e.affected_objects, e.record_source, e.recorded_by, e.metadata, e.tenant_hk
    FROM script_tracking.script_execution_s AS e
    WHERE e.load_date >= %(from)s AND e.metadata ? 'object_digest' AND e.script_type = 'MAINTENANCE'
        AND e.script_name = 'dbtrack maintain' AND NOT EXISTS (SELECT FROM script_tracking.object_s AS o
            WHERE o.load_date = e.load_date AND o.cause NOT IN ('captured', 'follows'))
), told AS (
    SELECT b.*, CASE WHEN t.source_name IS NOT NULL THEN NOT t.objects_are_whole
        ELSE substr(b.record_source, strpos(b.record_source, '@') + 1) NOT IN (SELECT n.name FROM node AS n)
            OR (b.recorded_by::pg_catalog.text IS DISTINCT FROM b.metadata ->> 'transaction_id' AND EXISTS (
            SELECT FROM pg_catalog.pg_subscription AS p JOIN pg_catalog.pg_database AS d ON d.oid = p.subdbid
            WHERE d.datname = current_catalog)) END AS is_elsewhere
    FROM bare AS b
    LEFT JOIN source AS t ON t.tenant_hk = b.tenant_hk
)
SELECT t.script_execution_hk, least(greatest(t.load_date, '0002-01-01 00:00:00+00'), '9999-12-30 00:00:00+00') AS load_date,
    convert_to(CASE cardinality(t.affected_objects) WHEN 1 THEN t.affected_objects[1] END, %(encoding)s) AS object_identity,
    t.is_elsewhere, count(*) OVER (PARTITION BY t.is_elsewhere) AS total
FROM told AS t
ORDER BY t.is_elsewhere, t.load_date, t.script_execution_hk
LIMIT 1000
