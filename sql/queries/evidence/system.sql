-- The server whose record is sealed.
SELECT b.system_identifier FROM script_tracking.seal_block AS b ORDER BY b.block_number DESC LIMIT 1
