-- Links that a block seals: they are no events, so a push over a broker sends them with the block.
SELECT l.record_hk, l.load_date
FROM script_tracking.seal_block AS b
JOIN script_tracking.seal_leaf AS l ON l.block_number = b.block_number AND l.load_date BETWEEN b.first_load_date AND b.last_load_date
WHERE b.block_number = %(number)s::pg_catalog.int8 AND l.leaf_kind = 'link'
