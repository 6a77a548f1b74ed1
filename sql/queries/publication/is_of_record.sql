-- Whether a publication has only tables of dbtrack's; NULL: there is no such publication.
SELECT NOT p.puballtables AND NOT EXISTS (SELECT FROM pg_catalog.pg_publication_namespace AS n WHERE n.pnpubid = p.oid)
    AND NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_publication_rel AS r
        JOIN pg_catalog.pg_class AS c ON c.oid = r.prrelid
        WHERE r.prpubid = p.oid AND c.relnamespace IS DISTINCT FROM pg_catalog.to_regnamespace('script_tracking')::oid)
FROM pg_catalog.pg_publication AS p
WHERE p.pubname = %(name)s
