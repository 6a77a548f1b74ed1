-- What ended of what began in a period by tenant, by login and by command of captured DDL: from the rows, because there
-- are no rollups by login. part is 'tenant', 'login' or 'command'; a tenant without a name is the platform.
WITH ended AS MATERIALIZED (
    SELECT s.tenant_hk, CASE WHEN s.metadata ? 'replicated' THEN '(replication)' ELSE s.db_session_user END AS db_session_user,
        s.execution_status,
        CASE WHEN s.script_type = 'DDL_AUTO' THEN s.metadata ->> 'command_tag'
            WHEN s.script_type = 'UNATTRIBUTED' THEN s.script_type END AS command_tag
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL AND s.execution_status <> 'RUNNING'
        -- If an operation failed, the log's entry about its error is counted with the operation.
        AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with')
        AND s.execution_timestamp >= %(since)s::pg_catalog.timestamptz AND s.execution_timestamp < %(until)s::pg_catalog.timestamptz
        -- Nothing is recorded before it began; the day allows for clocks that differ.
        AND s.load_date >= %(since)s::pg_catalog.timestamptz - pg_catalog."interval" '1 day'
        AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
), counted AS (
    SELECT CASE GROUPING(e.tenant_hk, e.db_session_user, e.command_tag)
            WHEN 3 THEN 'tenant' WHEN 5 THEN 'login' ELSE 'command' END AS part,
        e.tenant_hk, e.db_session_user, e.command_tag, pg_catalog.count(*) AS ended,
        pg_catalog.count(*) FILTER (WHERE e.execution_status <> 'COMPLETED') AS failed
    FROM ended AS e
    GROUP BY GROUPING SETS ((e.tenant_hk), (e.db_session_user), (e.command_tag))
)
SELECT c.part, CASE c.part
        WHEN 'tenant' THEN (SELECT h.tenant_bk::pg_catalog.text FROM script_tracking.tenant_h AS h WHERE h.tenant_hk = c.tenant_hk)
        WHEN 'login' THEN c.db_session_user::pg_catalog.text ELSE c.command_tag END AS name,
    c.ended, c.failed
FROM counted AS c
WHERE c.part <> 'command' OR c.command_tag IS NOT NULL
ORDER BY 1, 3 DESC, 2
