-- Before the report: whether to bring up to date what it reads, if the caller may. The first time takes long: maintain does it.
SELECT pg_catalog.current_setting('transaction_read_only') = 'off'
    AND pg_catalog.has_function_privilege(
        'script_tracking.advance_anomalies(pg_catalog.int8, pg_catalog.bool)', 'EXECUTE')
