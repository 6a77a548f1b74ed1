-- When the catalogs were last compared with the record, and what was found then that nothing explains.
SELECT s.taken_at, (extract(epoch FROM pg_catalog.clock_timestamp() - s.taken_at))::pg_catalog.float8 AS age_seconds,
    (SELECT pg_catalog.count(*) FROM script_tracking.catalog_difference AS d WHERE d.script_execution_hk IS NOT NULL) AS unexplained
FROM script_tracking.catalog_snapshot AS s
