-- How long the next statements may take.
SELECT pg_catalog.set_config('statement_timeout', %(timeout)s::pg_catalog.text, true)
