-- Which processes block a session, as far as the login may see it.
SELECT b.pid, h.usename::pg_catalog.text AS login, nullif(h.application_name, '') AS application, h.state,
    pg_catalog."left"(h.query, 2000) AS statement, h.xact_start::pg_catalog.text AS transaction_start
FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(%(pid)s::pg_catalog.int4)) AS b (pid)
LEFT JOIN pg_catalog.pg_stat_activity AS h ON h.pid = b.pid
LIMIT 10
