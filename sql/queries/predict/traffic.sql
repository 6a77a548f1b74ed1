-- How many scans and changed rows each table has counted; the difference of two readings is its traffic.
SELECT pg_catalog.format('%%I.%%I', s.schemaname, s.relname),
    coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0),
    s.n_tup_ins + s.n_tup_upd + s.n_tup_del
FROM pg_catalog.pg_stat_user_tables AS s
WHERE s.schemaname <> 'script_tracking';
