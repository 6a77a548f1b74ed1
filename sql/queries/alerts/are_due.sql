-- Whether alerts should be evaluated: there are some, and nobody has done it for a while.
SELECT EXISTS (SELECT FROM script_tracking.alert AS a) AND NOT EXISTS (
    SELECT FROM script_tracking.alert_cursor AS c
    WHERE c.evaluated_at > pg_catalog.statement_timestamp() - %(every)s::pg_catalog."interval")
