-- Who holds now what a statement would have to wait for: a lock that conflicts with the one it needs.
WITH conflicts (wanted, held) AS (VALUES
    ('AccessShareLock', ARRAY['AccessExclusiveLock']),
    ('RowShareLock', ARRAY['ExclusiveLock', 'AccessExclusiveLock']),
    ('RowExclusiveLock', ARRAY['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']),
    ('ShareUpdateExclusiveLock', ARRAY['ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
        'AccessExclusiveLock']),
    ('ShareLock', ARRAY['RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
        'AccessExclusiveLock']),
    ('ShareRowExclusiveLock', ARRAY['RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock',
        'ExclusiveLock', 'AccessExclusiveLock']),
    ('ExclusiveLock', ARRAY['RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock',
        'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']),
    ('AccessExclusiveLock', ARRAY['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock',
        'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']))
SELECT w.identity, l.mode, l.pid, a.usename::pg_catalog.text, nullif(a.application_name, ''), a.state, a.backend_type,
    extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::pg_catalog.float8, a.query, l.granted,
    w.wanted
FROM pg_catalog.jsonb_to_recordset(%(wanted)s) AS w (identity pg_catalog.text, wanted pg_catalog.text)
    JOIN conflicts AS c ON c.wanted = w.wanted
    JOIN pg_catalog.pg_locks AS l ON l.mode = ANY (c.held)
        AND l.relation = pg_catalog.to_regclass(w.identity)
    LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'relation'
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
    AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
ORDER BY l.granted DESC, a.xact_start NULLS LAST, l.pid;
