-- Before a report: whether to update the rollups first, if that is cheap and the caller may.
SELECT coalesce(l.lag > '1 minute' AND l.gap_end IS DISTINCT FROM 'infinity', false)
    AND pg_catalog.current_setting('transaction_read_only') = 'off'
    AND pg_catalog.has_function_privilege('script_tracking.advance_rollups(pg_catalog.int8)', 'EXECUTE')
FROM script_tracking.get_rollup_lag() AS l
