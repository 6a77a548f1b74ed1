-- One block of the seals, and its leaves: as JSON texts, as receive_block takes them. The leaves are NULL if a cleanup has
-- removed some of them, or the receiver has the block.
SELECT pg_catalog.to_json(b)::pg_catalog.text AS block, (
    SELECT CASE WHEN pg_catalog.count(*) = b.leaf_count THEN pg_catalog.json_agg(pg_catalog.json_build_object(
        'leaf_index', l.leaf_index, 'leaf_kind', l.leaf_kind, 'record_hk', l.record_hk, 'load_date', l.load_date,
        'leaf_hash', l.leaf_hash, 'person_salt', l.person_salt, 'text_salt', l.text_salt, 'leaf_format', l.leaf_format))
        ::pg_catalog.text END
    FROM script_tracking.seal_leaf AS l
    WHERE %(with_leaves)s::pg_catalog.bool AND l.block_number = b.block_number
        AND l.load_date BETWEEN b.first_load_date AND b.last_load_date) AS leaves
FROM script_tracking.seal_block AS b
WHERE b.block_number = %(number)s::pg_catalog.int8
