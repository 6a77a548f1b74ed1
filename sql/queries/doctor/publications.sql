-- Publications that publish dbtrack's tables by accident, and row security that stops a subscriber. Only for the tables
-- that the installation lists: other tables in the schema belong to others.
WITH ours AS (
    SELECT to_regclass(format('script_tracking.%I', substr(i.property_name, 10)))::oid AS oid
    FROM script_tracking.installation AS i WHERE starts_with(i.property_name, 'relation.')
)
SELECT 'WARNING', p.pubname::text,
    'the publication has all tables, those of dbtrack too: replication to a subscriber without dbtrack stops',
    format('BEGIN; DROP PUBLICATION %1$I; CREATE PUBLICATION %1$I FOR TABLES IN SCHEMA %2$s WITH (publish = %3$L, '
        'publish_via_partition_root = %4$s); COMMIT; -- then, on each subscriber: ALTER SUBSCRIPTION ... REFRESH PUBLICATION;',
        p.pubname,
        coalesce((SELECT string_agg(quote_ident(n.nspname), ', ' ORDER BY n.nspname) FROM pg_catalog.pg_namespace AS n
            WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'script_tracking', 'dbtrack_mart')), 'public'),
        concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
            CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END), p.pubviaroot::text)
FROM pg_catalog.pg_publication AS p
WHERE p.puballtables
UNION ALL
SELECT 'WARNING', p.pubname::text,
    'the publication has the schema script_tracking: replication to a subscriber without dbtrack stops',
    format('ALTER PUBLICATION %I DROP TABLES IN SCHEMA script_tracking;', p.pubname)
FROM pg_catalog.pg_publication AS p
JOIN pg_catalog.pg_publication_namespace AS n ON n.pnpubid = p.oid AND n.pnnspid = 'script_tracking'::regnamespace
UNION ALL
SELECT 'WARNING', p.pubname::text, format('the publication has %s, which %s node''s own', string_agg(c.relname, ', ' ORDER BY c.relname),
        CASE WHEN count(*) = 1 THEN 'is each' ELSE 'are each' END),
    format('ALTER PUBLICATION %I DROP TABLE %s;', p.pubname,
        string_agg(format('script_tracking.%I', c.relname), ', ' ORDER BY c.relname))
FROM pg_catalog.pg_publication AS p
JOIN pg_catalog.pg_publication_rel AS r ON r.prpubid = p.oid
JOIN pg_catalog.pg_class AS c ON c.oid = r.prrelid
JOIN pg_catalog.pg_class AS t ON t.oid = coalesce(pg_partition_root(c.oid)::oid, c.oid)
WHERE t.oid IN (SELECT o.oid FROM ours AS o) AND script_tracking.arrival_trigger(t.relname) = 'keep_local'
GROUP BY p.pubname
UNION ALL
SELECT 'WARNING', i.publication_name,
    format('the publication lacks a part of the record: %s', array_to_string(i.missing_columns, ', ')), i.remedy
FROM script_tracking.incomplete_publications() AS i
UNION ALL
SELECT 'CRITICAL', c.oid::regclass::text, 'what logical replication brings is not taken in as it should be: its trigger is '
        || CASE WHEN t.oid IS NULL THEN 'missing' ELSE 'switched off' END,
    CASE WHEN t.oid IS NULL THEN 'dbtrack install'
        ELSE format('ALTER TABLE %s ENABLE REPLICA TRIGGER %I;', c.oid::regclass, t.tgname) END
FROM pg_catalog.pg_class AS c
CROSS JOIN LATERAL (SELECT script_tracking.arrival_trigger(c.relname) AS name) AS w
LEFT JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = c.oid AND t.tgname = w.name
WHERE c.oid IN (SELECT o.oid FROM ours AS o) AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND w.name IS NOT NULL
    AND (t.oid IS NULL OR t.tgenabled <> 'R')
UNION ALL
-- Logical replication refuses to write as an owner to whom row security applies, and stops for all tables.
SELECT 'CRITICAL', c.oid::regclass::text,
    'row security is forced on a table that is not partitioned: where a publication has it, the subscriber stops',
    format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY;', c.oid::regclass)
FROM pg_catalog.pg_class AS c
WHERE (c.oid IN (SELECT o.oid FROM ours AS o) OR c.oid IN (to_regclass('auth.user_h'), to_regclass('auth.user_auth_s')))
    AND c.relkind = 'r' AND NOT c.relispartition AND c.relforcerowsecurity;
