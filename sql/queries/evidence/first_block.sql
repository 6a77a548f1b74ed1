-- The first seal that has a row of a period; NULL: none has.
SELECT min(b.block_number) FROM script_tracking.seal_block AS b
WHERE b.last_load_date >= %(since)s::pg_catalog.timestamptz AND b.first_load_date < %(until)s::pg_catalog.timestamptz
    AND pg_catalog.has_table_privilege('script_tracking.seal_block', 'SELECT')
