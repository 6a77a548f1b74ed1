-- Claim the name of a copy until this session ends: eight hexadecimal digits at its end are the key of a lock.
SELECT pg_catalog.pg_advisory_lock(1684171891, ('x' || pg_catalog.right(%(name)s, 8))::pg_catalog.bit(32)::pg_catalog.int4);
