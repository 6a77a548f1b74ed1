-- The seal that covers each sampled change: of its version when the sample was drawn.
SELECT l.record_hk, l.block_number
FROM ROWS FROM (pg_catalog.unnest(%(keys)s::pg_catalog.bytea[]), pg_catalog.unnest(%(moments)s::pg_catalog.timestamptz[]))
    AS k (key, load_date)
JOIN script_tracking.seal_leaf AS l ON l.load_date = k.load_date AND l.record_hk = k.key
