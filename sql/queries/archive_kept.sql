-- What is still running when an archive begins, and so stays out of it.
SELECT ARRAY(
    SELECT o.script_execution_hk FROM script_tracking.open_execution AS o WHERE o.load_date < %(cutoff)s::timestamptz)
