-- The timestamp tokens that authorities returned, each with the digest that it is over. Nobody can write one that verifies.
SELECT d.departure_id, d.destination_name, d.digest_document, d.proof ->> 'token'
FROM script_tracking.digest_departure AS d
WHERE d.outcome = 'left' AND d.destination_kind = 'rfc3161' AND d.digest_document IS NOT NULL AND d.proof ->> 'token' IS NOT NULL
ORDER BY d.departure_id
