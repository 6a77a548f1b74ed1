-- Returns a digest over all versions of objects before a moment. A cleanup records it: versions outlive their executions, whose seals
-- cover them until then. dbtrack verify computes the same (docs/object-history.md#integrity). Day by day, because a text of all versions
-- can be longer than a value may be. Not over those of the sources of a vault, which may arrive later.
CREATE OR REPLACE FUNCTION script_tracking.kept_versions(
    p_before pg_catalog.timestamptz,
    OUT o_versions pg_catalog.int8,
    OUT o_digest pg_catalog.text
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
    SELECT coalesce(sum(d.versions), 0)::pg_catalog.int8,
        encode(sha256(coalesce(string_agg(d.digest, '' ORDER BY d.day), '')), 'hex')
    FROM (
        SELECT floor(extract(epoch FROM s.load_date) / 86400) AS day, count(*) AS versions,
            sha256(string_agg(s.hash_diff || s.script_execution_hk || coalesce(s.tenant_hk, decode(repeat('00', 32), 'hex'))
                || int8send((extract(epoch FROM s.load_date) * 1000000)::pg_catalog.int8), ''
                ORDER BY s.load_date, s.object_hk, s.script_execution_hk)) AS digest
        FROM script_tracking.object_s AS s
        WHERE s.load_date < p_before AND strpos(s.object_bk, '/') = 0
        GROUP BY 1
    ) AS d
$function$;

COMMENT ON FUNCTION script_tracking.kept_versions(pg_catalog.timestamptz) IS
    'How many versions of objects there are before a moment, and a digest over them';
