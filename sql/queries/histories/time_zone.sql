-- The time zone in which the times of a history are read: the one that is given, if the server knows it, or that of the session.
SELECT z.name
FROM (SELECT coalesce(%(zone)s::pg_catalog.text, pg_catalog.current_setting('TimeZone'))) AS z (name)
WHERE (pg_catalog.statement_timestamp() AT TIME ZONE z.name) IS NOT NULL
