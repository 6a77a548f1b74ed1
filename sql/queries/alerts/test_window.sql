-- From when on events count if an alert is tried, and the snapshot in which it is tried.
SELECT pg_catalog.statement_timestamp() - %(counted_for)s::pg_catalog."interval" AS since,
    pg_catalog.pg_current_snapshot()::pg_catalog.text AS current
