-- The number of the last block of the seals; 0 if nothing is sealed.
SELECT coalesce(pg_catalog.max(b.block_number), 0) FROM script_tracking.seal_block AS b
