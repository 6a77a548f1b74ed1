-- What a report that searches reads. dbtrack.reports.search puts this FROM in the place of the report's own.
SELECT count(*)
FROM script_tracking.versions_within(%(place_starts)s::pg_catalog.timestamptz[], %(place_ends)s::pg_catalog.timestamptz[],
    %(place_load_dates)s::pg_catalog.text[], %(place_after)s::pg_catalog.timestamptz) AS s
