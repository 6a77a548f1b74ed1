SELECT block_number, segment_number, system_identifier, timeline, convert_to(database_name, %(encoding)s) AS database_name,
    server_encoding, previous_hash, root_hash, leaf_count, first_transaction, last_transaction, first_load_date,
    last_load_date, (extract(epoch FROM first_load_date) * 1000000)::pg_catalog.int8 AS first_load_date_us,
    (extract(epoch FROM last_load_date) * 1000000)::pg_catalog.int8 AS last_load_date_us,
    (extract(epoch FROM sealed_at) * 1000000)::pg_catalog.int8 AS sealed_at_us, block_hash
FROM script_tracking.seal_block
WHERE block_number BETWEEN %(first)s AND %(last)s
ORDER BY block_number
