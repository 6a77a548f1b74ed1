-- Finds the objects that capture knows by their types and identities only: those of GRANT and REVOKE, and a partition that was
-- attached or detached.
CREATE OR REPLACE FUNCTION script_tracking.named_objects(p_types pg_catalog.text[], p_identities pg_catalog.text[])
RETURNS TABLE (catalog pg_catalog.oid, object pg_catalog.oid)
LANGUAGE plpgsql VOLATILE ROWS 2
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
    -- By name in the catalogs: to_regclass and its like need privileges on the schema.
    RETURN QUERY
    SELECT f.catalog, f.object
    FROM unnest(p_types, p_identities) AS n (type, identity)
    CROSS JOIN LATERAL (SELECT CASE WHEN n.type NOT IN ('cast', 'operator') THEN parse_ident(n.identity, false) END AS names) AS p
    CROSS JOIN LATERAL (
        SELECT 1259::pg_catalog.oid AS catalog, c.oid AS object
        FROM pg_namespace AS s JOIN pg_class AS c ON c.relnamespace = s.oid
        WHERE n.type IN ('table', 'view', 'materialized view', 'foreign table', 'sequence', 'index', 'table column')
            AND s.nspname = p.names[1] AND c.relname = p.names[2]
        UNION ALL
        SELECT 1255, r.oid FROM pg_namespace AS s JOIN pg_proc AS r ON r.pronamespace = s.oid
        WHERE n.type IN ('function', 'procedure', 'aggregate') AND s.nspname = p.names[1] AND r.proname = p.names[2]
            AND n.identity = (SELECT i.identity FROM pg_identify_object(1255, r.oid, 0) AS i)
        UNION ALL
        SELECT 1247, t.oid FROM pg_namespace AS s JOIN pg_type AS t ON t.typnamespace = s.oid
        WHERE n.type IN ('type', 'domain') AND s.nspname = p.names[1] AND t.typname = p.names[2]
        UNION ALL
        SELECT 2615, s.oid FROM pg_namespace AS s WHERE n.type = 'schema' AND s.nspname = p.names[1]
        UNION ALL
        SELECT 1417, s.oid FROM pg_foreign_server AS s WHERE n.type = 'server' AND s.srvname = p.names[1]
        UNION ALL
        SELECT 2328, w.oid FROM pg_foreign_data_wrapper AS w
        WHERE n.type = 'foreign-data wrapper' AND w.fdwname = p.names[1]
        UNION ALL
        SELECT 2612, l.oid FROM pg_language AS l WHERE n.type = 'language' AND l.lanname = p.names[1]
    ) AS f;
END
$function$;

COMMENT ON FUNCTION script_tracking.named_objects(pg_catalog.text[], pg_catalog.text[]) IS
    'The oids of objects that are known by their types and identities';
