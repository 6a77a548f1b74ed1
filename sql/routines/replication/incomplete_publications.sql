-- Lists the publications that lack columns of executions, or the waits for locks, which a later version of dbtrack added,
-- with the statement that adds them.
CREATE OR REPLACE FUNCTION script_tracking.incomplete_publications()
RETURNS TABLE (
    publication_name pg_catalog.text,
    missing_columns pg_catalog.text[],
    remedy pg_catalog.text
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT p.pubname::pg_catalog.text, m.names,
        format(E'BEGIN;\nDROP PUBLICATION %I;\n%s\nCOMMIT;\n-- then, on each subscriber: ALTER SUBSCRIPTION ... REFRESH PUBLICATION;',
            p.pubname, script_tracking.publication_statement(p.pubname, ARRAY(
                SELECT h.tenant_bk FROM script_tracking.tenant_h AS h
                WHERE strpos(pg_get_expr(r.prqual, r.prrelid), encode(h.tenant_hk, 'hex')) > 0 ORDER BY h.tenant_bk)))
    FROM pg_catalog.pg_publication AS p
    JOIN pg_catalog.pg_publication_rel AS r ON r.prpubid = p.oid
        AND r.prrelid = 'script_tracking.script_execution_s'::pg_catalog.regclass AND r.prattrs IS NOT NULL
    CROSS JOIN LATERAL (
        SELECT array_agg(n.name ORDER BY n.place) AS names
        FROM (
            SELECT a.attname::pg_catalog.text AS name, a.attnum AS place
            FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = r.prrelid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'recorded_by'
                AND a.attnum <> ALL (r.prattrs::pg_catalog.int2[])
            UNION ALL
            SELECT 'execution_wait_s', 10000
            WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_publication_rel AS w WHERE w.prpubid = p.oid
                AND w.prrelid = 'script_tracking.execution_wait_s'::pg_catalog.regclass)
        ) AS n
    ) AS m
    WHERE m.names IS NOT NULL
$function$;

COMMENT ON FUNCTION script_tracking.incomplete_publications() IS
    'The publications that lack columns of executions or waits for locks, with the statement that adds them; for dbtrack doctor';
