SELECT b.block_number, b.block_hash, b.root_hash, b.leaf_count,
    (SELECT sum(a.leaf_count)::pg_catalog.int8 FROM script_tracking.seal_block AS a), b.segment_number,
    b.system_identifier, b.timeline, convert_to(b.database_name,
        CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END),
    to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM script_tracking.seal_block AS b
ORDER BY b.block_number DESC
LIMIT 1
