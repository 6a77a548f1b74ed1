-- After a restore in another cluster, the incarnation and the oids can be the same by chance, and an oid another object's. Returns
-- the last version of each object that the record knows and whose oid belongs to something else, or to nothing, now.
CREATE OR REPLACE FUNCTION script_tracking.displaced_versions()
RETURNS SETOF pg_catalog.jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
BEGIN
    RETURN QUERY
    SELECT v.version || jsonb_build_array(encode(sha256(convert_to(v.version::pg_catalog.text,
            CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END)), 'hex'), NULL, f.object_hk)
    FROM (SELECT DISTINCT ON (s.object_hk) s.object_bk, s.object_type, s.object_identity, s.definition
        FROM script_tracking.object_s AS s
        WHERE starts_with(s.object_bk, 'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':')
        ORDER BY s.object_hk, s.load_date DESC, s.version_number DESC) AS o
    CROSS JOIN LATERAL (SELECT string_to_array(o.object_bk, ':') AS bk) AS k
    LEFT JOIN LATERAL pg_identify_object(CASE WHEN k.bk[2] LIKE 'pg@_%' ESCAPE '@' THEN to_regclass('pg_catalog.' || k.bk[2]) END,
        k.bk[3]::pg_catalog.oid, 0) AS i ON true
    CROSS JOIN LATERAL (SELECT jsonb_build_array(o.object_bk, o.object_type, o.object_identity, 'restored', NULL,
        '{"object": null}'::pg_catalog.jsonb) AS version) AS v
    LEFT JOIN LATERAL (
        SELECT encode(sha256(convert_to(split_part(o.object_bk, ':', 1) || ':' || k.bk[2] || ':' || n.object, 'SQL_ASCII')), 'hex')
            AS object_hk
        FROM script_tracking.named_objects(ARRAY[o.object_type], ARRAY[o.object_identity]) AS n
        LIMIT 1) AS f ON true
    WHERE NOT o.definition ? 'object' AND (i.type, i.identity) IS DISTINCT FROM (o.object_type, o.object_identity);
END
$function$;

COMMENT ON FUNCTION script_tracking.displaced_versions() IS 'Objects whose oid belongs to something else after a restore';
