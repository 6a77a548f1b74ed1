-- A leaf that its block does not count, or that belongs to no block.
SELECT l.block_number, count(*)
FROM script_tracking.seal_leaf AS l
WHERE l.load_date >= %(from)s AND NOT EXISTS (
    SELECT FROM script_tracking.seal_block AS b WHERE b.block_number = l.block_number)
GROUP BY l.block_number
ORDER BY l.block_number
LIMIT 1000
