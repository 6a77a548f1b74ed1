-- How often this session has read all rows of each table since its counts were last sent; an empty one counts, too.
SELECT s.oid, s.scans
FROM (
    SELECT c.oid, pg_catalog.pg_stat_get_xact_numscans(c.oid)
    FROM pg_catalog.pg_class AS c
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 't', 'm', 'p')) AS s (oid, scans)
WHERE s.scans > 0;
