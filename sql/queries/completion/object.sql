-- The objects of the database as the record names them: relations and functions, not those of PostgreSQL and dbtrack.
SELECT o.identity, o.kind
FROM (
    SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS identity,
        CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index'
            WHEN 'I' THEN 'index' WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'type' ELSE 'table' END AS kind, n.nspname
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind <> 't'
    UNION ALL
    SELECT (pg_identify_object('pg_proc'::regclass, p.oid, 0)).identity, 'function', n.nspname
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.oid >= 16384
) AS o
WHERE o.nspname !~ '^pg_' AND o.nspname NOT IN ('information_schema', 'script_tracking', 'dbtrack_mart')
ORDER BY o.kind <> 'table', o.identity
LIMIT 20000;
