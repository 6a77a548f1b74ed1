-- A page that repeats itself writes nothing, not even who reads it: that was recorded when it was opened.
SELECT pg_catalog.set_config('transaction_read_only', 'on', true),
    pg_catalog.set_config('statement_timeout', %(timeout)s::pg_catalog.text, true)
