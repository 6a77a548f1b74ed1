-- What left of the digest of a block: its documents, the oldest first, and the timestamp tokens over them.
SELECT d.destination_name, d.digest_document, d.proof ->> 'token'
FROM script_tracking.digest_departure AS d
WHERE d.outcome = 'left' AND d.block_hash = %(block_hash)s AND d.digest_document IS NOT NULL
ORDER BY d.departure_id
