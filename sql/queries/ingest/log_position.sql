-- How far a log has been read.
SELECT p.byte_offset, p.tail_hash, p.provider_place
FROM script_tracking.log_position AS p
WHERE p.source_hash = %(source_hash)s
