-- The publications that have tables of dbtrack's, and whose rows they publish.
SELECT p.pubname::text, pg_catalog.pg_get_userbyid(b.pubowner)::text,
    pg_catalog.concat_ws(', ', CASE WHEN b.pubinsert THEN 'insert' END, CASE WHEN b.pubupdate THEN 'update' END,
        CASE WHEN b.pubdelete THEN 'delete' END, CASE WHEN b.pubtruncate THEN 'truncate' END),
    array_agg(DISTINCT p.tablename::text ORDER BY p.tablename::text),
    CASE WHEN pg_catalog.bool_or(p.rowfilter IS NULL) THEN NULL ELSE ARRAY(
        SELECT h.tenant_bk::text FROM script_tracking.tenant_h AS h
        WHERE pg_catalog.strpos(pg_catalog.string_agg(p.rowfilter, ' '), pg_catalog.encode(h.tenant_hk, 'hex')) > 0
        ORDER BY h.tenant_bk) END,
    pg_catalog.current_setting('wal_level') = 'logical'
FROM pg_catalog.pg_publication_tables AS p
JOIN pg_catalog.pg_publication AS b ON b.pubname = p.pubname
WHERE p.schemaname = 'script_tracking'
GROUP BY p.pubname, b.pubowner, b.pubinsert, b.pubupdate, b.pubdelete, b.pubtruncate
ORDER BY p.pubname
