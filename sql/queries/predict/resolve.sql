-- The relation that each name means, by the search_path of the session; NULL where there is none.
SELECT n.name, pg_catalog.to_regclass(n.name)::pg_catalog.oid
FROM pg_catalog.unnest(%(names)s::pg_catalog.text[]) AS n (name);
