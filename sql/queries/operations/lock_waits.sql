-- The sessions of a command that wait for a lock: those of its application name and login that began after it did.
SELECT a.pid, l.waitstart, (extract(epoch FROM pg_catalog.clock_timestamp() - l.waitstart) * 1000)::pg_catalog.float8 AS waited_ms,
    l.mode, CASE WHEN c.oid IS NOT NULL
        THEN pg_catalog.format('%%I.%%I', c.relnamespace::pg_catalog.regnamespace::pg_catalog.text, c.relname)
        ELSE l.locktype || coalesce(' ' || l.transactionid::pg_catalog.text, '') END AS object_identity, a.query
FROM pg_catalog.pg_stat_activity AS a
JOIN pg_catalog.pg_locks AS l ON l.pid = a.pid AND NOT l.granted AND l.waitstart IS NOT NULL
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
WHERE a.wait_event_type = 'Lock' AND a.datname = pg_catalog.current_database() AND a.usename = session_user
    AND a.application_name = %(application_name)s::pg_catalog.text
    AND a.backend_start >= pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => %(seconds)s::pg_catalog.float8)
