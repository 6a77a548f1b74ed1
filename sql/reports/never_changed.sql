-- The objects of the catalogs that no execution of the record touched, in the whole of it or in a window. What touched a
-- column, or a trigger, policy or constraint of a table, touched the table.
WITH recorded AS MATERIALIZED (
    SELECT DISTINCT o.identity
    FROM script_tracking.script_execution_s AS s
    CROSS JOIN LATERAL pg_catalog.unnest(s.affected_objects) WITH ORDINALITY AS a (identity, position)
    CROSS JOIN LATERAL (VALUES
        (a.identity),
        (pg_catalog."substring"(a.identity, ' on (.+)$')),
        (CASE WHEN pg_catalog.jsonb_typeof(s.metadata -> 'object_types') = 'array'
                AND s.metadata -> 'object_types' ->> (a.position - 1)::pg_catalog.int4 LIKE '%%column'
            THEN pg_catalog.regexp_replace(a.identity, '\.("([^"]|"")+"|[^."]+)$', '') END)
    ) AS o (identity)
    WHERE s.load_end_date IS NULL AND o.identity IS NOT NULL
        AND (%(since)s::pg_catalog.timestamptz IS NULL OR s.execution_timestamp >= %(since)s::pg_catalog.timestamptz
            AND s.load_date >= %(since)s::pg_catalog.timestamptz - pg_catalog."interval" '1 day')
        AND (%(until)s::pg_catalog.timestamptz IS NULL OR s.execution_timestamp < %(until)s::pg_catalog.timestamptz)
), present AS (
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass AS class_id, c.oid, c.relowner AS owner, c.relnamespace AS schema_id
    FROM pg_catalog.pg_class AS c
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
    UNION ALL
    SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, p.proowner, p.pronamespace
    FROM pg_catalog.pg_proc AS p
    UNION ALL
    -- Not those of tables and arrays.
    SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, t.typowner, t.typnamespace
    FROM pg_catalog.pg_type AS t
    WHERE t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND EXISTS (
        SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = t.typrelid AND c.relkind = 'c')
)
SELECT i.type AS object_type, i.identity AS object_identity, pg_catalog.pg_get_userbyid(p.owner)::pg_catalog.text AS owner
FROM present AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.schema_id
CROSS JOIN LATERAL pg_catalog.pg_identify_object(p.class_id, p.oid, 0) AS i
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'script_tracking', 'dbtrack_mart') AND n.nspname NOT LIKE 'pg\_%%'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = p.class_id AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
    AND NOT EXISTS (SELECT FROM recorded AS r WHERE r.identity = i.identity)
    AND (%(object)s::pg_catalog.text[] IS NULL OR i.identity LIKE ANY (%(object)s::pg_catalog.text[]))
ORDER BY i.identity, i.type
LIMIT %(limit)s::pg_catalog.int8
