-- Until the end of the transaction nothing can be written, and each statement may take so long. Pages that repeat
-- themselves and agents run reports so: who reads is recorded before.
SELECT pg_catalog.set_config('transaction_read_only', 'on', true),
    pg_catalog.set_config('statement_timeout', %(timeout)s::pg_catalog.text, true)
