-- The sessions that hold locks on dbtrack's tables, the strongest and oldest locks first: an install or uninstall
-- waited for these.
SELECT CASE WHEN h.pid IS NULL THEN format('the prepared transaction %s', coalesce(x.gid, '(unknown)'))
        ELSE format('process %s (%s)', h.pid, coalesce(a.usename, 'unknown')) END,
    coalesce(a.xact_start, x.prepared),
    script_tracking.redact_statement(left(regexp_replace(a.query, '\s+', ' ', 'g'), 120), 'all', 120)
FROM (
    SELECT l.pid, l.virtualtransaction,
        max(array_position(ARRAY['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock',
            'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'], l.mode)) AS strength
    FROM pg_catalog.pg_locks AS l
    JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
    WHERE l.granted AND l.locktype = 'relation' AND l.pid IS DISTINCT FROM pg_backend_pid()
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
        AND c.relnamespace = to_regnamespace('script_tracking')
    GROUP BY 1, 2
) AS h
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = h.pid
LEFT JOIN pg_catalog.pg_locks AS t ON h.pid IS NULL AND t.virtualtransaction = h.virtualtransaction
    AND t.locktype = 'transactionid'
LEFT JOIN pg_catalog.pg_prepared_xacts AS x ON x.transaction = t.transactionid
ORDER BY h.strength DESC, 2
LIMIT 3;
