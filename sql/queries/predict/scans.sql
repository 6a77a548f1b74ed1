-- How often this session has read all rows of each relation since its counts were last sent; an empty one counts, too.
SELECT s.relid, s.seq_scan
FROM pg_catalog.pg_stat_xact_all_tables AS s
WHERE s.seq_scan > 0 AND s.relid >= 16384;
