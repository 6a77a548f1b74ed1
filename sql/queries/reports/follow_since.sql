-- The moment from which errors are shown before new ones are followed.
SELECT coalesce(%(since)s::pg_catalog.timestamptz,
    pg_catalog.clock_timestamp() - pg_catalog.make_interval(hours => %(hours)s::pg_catalog.int4))
