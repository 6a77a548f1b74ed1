-- The statements that give a copy the name under which it is kept, and let nobody connect to it.
SELECT s.statement
FROM (
    SELECT 1, pg_catalog.format('ALTER DATABASE %%I ALLOW_CONNECTIONS false', %(name)s::pg_catalog.text)
    UNION ALL
    SELECT 2, pg_catalog.format('ALTER DATABASE %%I OWNER TO CURRENT_USER', %(name)s::pg_catalog.text)
    UNION ALL
    SELECT 3, pg_catalog.format('ALTER DATABASE %%I RENAME TO %%I', %(name)s::pg_catalog.text, %(kept)s::pg_catalog.text)
    ) AS s (number, statement)
ORDER BY s.number;
