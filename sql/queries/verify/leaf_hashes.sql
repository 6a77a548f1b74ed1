SELECT l.leaf_hash
FROM script_tracking.seal_leaf AS l
WHERE l.load_date BETWEEN %(from)s AND %(to)s AND l.block_number = %(block)s
ORDER BY l.leaf_index
