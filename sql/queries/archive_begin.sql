-- When an archive begins, and what is still running by then and so stays out of it.
SELECT clock_timestamp(), ARRAY(
    SELECT o.script_execution_hk FROM script_tracking.open_execution AS o WHERE o.load_date < %(cutoff)s::timestamptz)
