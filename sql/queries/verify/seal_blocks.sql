-- Times that the client cannot read were tampered with: limited to what it can read, they no longer match the block's
-- hash.
SELECT b.block_number, b.segment_number, b.system_identifier, b.timeline,
    convert_to(b.database_name, %(encoding)s) AS database_name, b.server_encoding, b.previous_hash, b.root_hash, b.leaf_count,
    b.first_transaction, b.last_transaction, b.first_load_date, b.last_load_date,
    (extract(epoch FROM b.first_load_date) * 1000000)::pg_catalog.int8 AS first_load_date_us,
    (extract(epoch FROM b.last_load_date) * 1000000)::pg_catalog.int8 AS last_load_date_us,
    (extract(epoch FROM b.sealed_at) * 1000000)::pg_catalog.int8 AS sealed_at_us,
    (extract(epoch FROM b.sealed_before) * 1000000)::pg_catalog.int8 AS sealed_before_us, b.replicated_leaves, b.block_hash
FROM (
    SELECT a.block_number, a.segment_number, a.system_identifier, a.timeline, a.database_name, a.server_encoding,
        a.previous_hash, a.root_hash, a.leaf_count, a.first_transaction, a.last_transaction, a.replicated_leaves, a.block_hash,
        least(greatest(a.first_load_date, '0002-01-01 00:00:00+00'), '9999-12-30 00:00:00+00') AS first_load_date,
        least(greatest(a.last_load_date, '0002-01-01 00:00:00+00'), '9999-12-30 00:00:00+00') AS last_load_date,
        least(greatest(a.sealed_at, '0002-01-01 00:00:00+00'), '9999-12-30 00:00:00+00') AS sealed_at,
        -- NULL must stay NULL; greatest() and least() would ignore it.
        CASE WHEN a.sealed_before IS NOT NULL
            THEN least(greatest(a.sealed_before, '0002-01-01 00:00:00+00'), '9999-12-30 00:00:00+00') END AS sealed_before
    FROM script_tracking.seal_block AS a
    WHERE a.block_number BETWEEN %(first)s AND %(last)s
) AS b
ORDER BY b.block_number
