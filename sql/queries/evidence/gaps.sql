-- When capture was off, as far as the record shows.
SELECT greatest(g.off_from, %(since)s::pg_catalog.timestamptz), g.off_until, g.is_exact, g.detail
FROM script_tracking.evidence_capture_gaps(%(since)s::pg_catalog.timestamptz, %(until)s::pg_catalog.timestamptz) AS g
