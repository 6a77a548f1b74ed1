-- The relations that names mean, by the search_path of the session. It also sends the counts of this session, so that those of
-- the next transaction begin at 0.
SELECT pg_catalog.pg_stat_force_next_flush()::pg_catalog.text, (
    SELECT pg_catalog.jsonb_object_agg(n.name, pg_catalog.to_regclass(n.name)::pg_catalog.oid::pg_catalog.int8)
    FROM pg_catalog.unnest(%(names)s::pg_catalog.text[]) AS n (name));
