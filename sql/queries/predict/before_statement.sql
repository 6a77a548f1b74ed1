-- What must be known before a statement: the relations that names mean, by the search_path of the session, and how often this
-- session has read all rows of each table since its counts were last sent; reading an empty one counts, too.
SELECT (
    SELECT pg_catalog.jsonb_object_agg(n.name, pg_catalog.to_regclass(n.name)::pg_catalog.oid::pg_catalog.int8)
    FROM pg_catalog.unnest(%(names)s::pg_catalog.text[]) AS n (name)), (
    SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(s.oid, s.scans))
    FROM (
        SELECT c.oid::pg_catalog.int8, pg_catalog.pg_stat_get_xact_numscans(c.oid)
        FROM pg_catalog.pg_class AS c
        WHERE c.oid >= 16384 AND c.relkind IN ('r', 't', 'm', 'p')) AS s (oid, scans)
    WHERE s.scans > 0);
