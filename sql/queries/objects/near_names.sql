-- What there is now, and what changed lately: a name that was mistyped is near one of these.
SELECT i.identity
FROM (
    SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS identity
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I')
        AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'script_tracking')
        -- The catalogs of a vault say nothing of its sources.
        AND coalesce(pg_catalog.current_setting('dbtrack.source', true), '') = ''
    UNION
    SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname)
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'script_tracking')
        AND coalesce(pg_catalog.current_setting('dbtrack.source', true), '') = ''
    UNION
    SELECT s.object_identity
    FROM script_tracking.object_s AS s
    WHERE s.load_date > pg_catalog.statement_timestamp() - pg_catalog."interval" '90 days'
        AND (pg_catalog.current_setting('dbtrack.source', true) <> '' OR pg_catalog.strpos(s.object_bk, '/') = 0)
) AS i
LIMIT 20000
