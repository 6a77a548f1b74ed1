-- Returns the last version of each object of an earlier incarnation that is not there any more, once the baseline has seen all that is
-- there: no object of its type and identity was found.
--
-- p_rows: versions that are not written yet
CREATE OR REPLACE FUNCTION script_tracking.lost_versions(p_rows pg_catalog.jsonb[])
RETURNS SETOF pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
BEGIN
    RETURN QUERY
    SELECT script_tracking.explained_version(jsonb_build_array(o.object_bk, o.object_type, o.object_identity, NULL, NULL,
        '{"object": null}'::pg_catalog.jsonb), NULL, false)
    FROM (SELECT DISTINCT ON (s.object_hk) s.object_bk, s.object_type, s.object_identity, s.definition
        FROM script_tracking.object_s AS s
        WHERE NOT starts_with(s.object_bk, 'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':')
            -- Not those of the sources of a vault.
            AND strpos(s.object_bk, '/') = 0
        ORDER BY s.object_hk, s.load_date DESC, s.version_number DESC) AS o
    WHERE NOT o.definition ? 'object' AND o.object_bk NOT IN (SELECT r.value ->> 0 FROM unnest(p_rows) AS r (value));
END
$function$;

COMMENT ON FUNCTION script_tracking.lost_versions(pg_catalog.jsonb[]) IS
    'The last versions of objects that were there before a restore and not after it';
