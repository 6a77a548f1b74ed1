-- Whether this server follows another one now.
SELECT pg_catalog.pg_is_in_recovery()
