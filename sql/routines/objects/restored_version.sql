-- Returns the last version of an object that another incarnation knew, if the object of this row is the same one: it has the same type
-- and identity, and no other was found to be it. NULL: there is none.
--
-- p_row: of the object now, as relation_parts returns it
-- p_incarnation: the present one
CREATE OR REPLACE FUNCTION script_tracking.restored_version(p_row pg_catalog.jsonb, p_incarnation pg_catalog.text)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
DECLARE
    v_old pg_catalog.text;
    v_version pg_catalog.jsonb;
BEGIN
    SELECT o.object_bk INTO v_old
    FROM (SELECT DISTINCT s.object_hk, s.object_bk FROM script_tracking.object_s AS s
        WHERE s.object_identity = p_row ->> 2 AND s.object_type = p_row ->> 1 AND NOT starts_with(s.object_bk, p_incarnation || ':')
            -- Not those of the sources of a vault.
            AND strpos(s.object_bk, '/') = 0) AS o
    CROSS JOIN LATERAL (
        SELECT s.load_date, s.version_number, s.object_identity, s.object_type, s.definition
        FROM script_tracking.object_s AS s WHERE s.object_hk = o.object_hk
        ORDER BY s.load_date DESC, s.version_number DESC LIMIT 1) AS l
    WHERE l.object_identity = p_row ->> 2 AND l.object_type = p_row ->> 1 AND NOT l.definition ? 'object'
    ORDER BY l.load_date DESC, l.version_number DESC LIMIT 1;
    IF v_old IS NULL THEN
        RETURN NULL;
    END IF;
    v_version := jsonb_build_array(v_old, p_row -> 1, p_row -> 2, 'restored', NULL, '{"object": null}'::pg_catalog.jsonb);
    RETURN v_version || jsonb_build_array(encode(sha256(convert_to(v_version::pg_catalog.text,
        CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END)), 'hex'), NULL,
        encode(sha256(convert_to(p_row ->> 0, 'SQL_ASCII')), 'hex'));
END
$function$;

COMMENT ON FUNCTION script_tracking.restored_version(pg_catalog.jsonb, pg_catalog.text) IS
    'The last version of an object under the oid that it had before a restore';
