-- Returns the objects that a transaction from before the record wrote last, by the xmin of their rows in the catalogs. pg_class
-- says nothing, because VACUUM FULL and CREATE INDEX write it too. Nothing is returned for the transaction that created the tool's
-- own table: a restore in one transaction has the same number everywhere.
CREATE OR REPLACE FUNCTION script_tracking.migration_objects(
    p_table pg_catalog.oid,
    p_writers pg_catalog.int8[]
)
RETURNS TABLE (
    writer pg_catalog.int8,
    identities pg_catalog.text[]
)
LANGUAGE sql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH wanted AS MATERIALIZED (
        SELECT DISTINCT w.writer, (w.writer & 4294967295)::pg_catalog.text::pg_catalog.xid AS row_writer
        FROM unnest(p_writers) AS w (writer)
        WHERE NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = p_table AND a.attnum > 0
            AND a.xmin = (w.writer & 4294967295)::pg_catalog.text::pg_catalog.xid)
    ), found AS (
        SELECT DISTINCT w.writer, i.identity
        FROM wanted AS w
        JOIN pg_attribute AS a ON a.xmin = w.row_writer AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.oid >= 16384::pg_catalog.oid
        CROSS JOIN LATERAL pg_identify_object('pg_class'::pg_catalog.regclass, c.oid, 0) AS i
        UNION
        SELECT w.writer, i.identity
        FROM wanted AS w
        JOIN pg_proc AS p ON p.xmin = w.row_writer AND p.oid >= 16384::pg_catalog.oid
        CROSS JOIN LATERAL pg_identify_object('pg_proc'::pg_catalog.regclass, p.oid, 0) AS i
    )
    SELECT f.writer, (array_agg(f.identity ORDER BY f.identity))[:1000] FROM found AS f GROUP BY f.writer
$function$;

COMMENT ON FUNCTION script_tracking.migration_objects(pg_catalog.oid, pg_catalog.int8[]) IS
    'The objects that each of these transactions wrote last, as the catalogs tell; for the functions of this schema';
