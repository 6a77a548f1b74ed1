-- Erases a person from the history of objects: names of owners, grantees and grantors become [erased], other texts go as a whole.
-- Only where the digest that covered the version is gone: erase_step has erased the metadata that had it, a cleanup its execution. From
-- here on the digest in the record of the erasure covers all versions. A version that came meanwhile waits for another erasure.
CREATE OR REPLACE FUNCTION script_tracking.erase_objects(p_subject pg_catalog.text)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_pattern CONSTANT pg_catalog.text := script_tracking.erase_pattern(p_subject);
    v_encoding CONSTANT pg_catalog.name := CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END;
    v_rows pg_catalog.int8;
BEGIN
    UPDATE script_tracking.object_s AS s
    SET object_identity = e.object_identity, grantees = e.grantees, definition = e.definition,
        hash_diff = sha256(convert_to(jsonb_build_array(
            -- In a vault, without the source.
            substr(s.object_bk, strpos(s.object_bk, '/') + 1), s.object_type, e.object_identity, s.cause,
            to_jsonb(e.grantees), e.definition)::pg_catalog.text, v_encoding))
    FROM (
        SELECT o.object_hk, o.load_date, o.script_execution_hk,
            CASE WHEN o.object_identity ~* v_pattern THEN '[erased]' ELSE o.object_identity END AS object_identity,
            CASE WHEN o.grantees IS NOT NULL THEN ARRAY(
                SELECT CASE WHEN g.grantee ~* v_pattern THEN '[erased]' ELSE g.grantee END::pg_catalog.name
                FROM unnest(o.grantees) WITH ORDINALITY AS g (grantee, position) ORDER BY g.position) END AS grantees,
            script_tracking.erase_json(o.definition, p_subject) AS definition
        FROM script_tracking.object_s AS o
        WHERE script_tracking.names_person(o, v_pattern) AND NOT EXISTS (
            SELECT FROM script_tracking.script_execution_s AS r
            WHERE r.load_date BETWEEN o.load_date - '1 minute'::pg_catalog."interval" AND o.load_date AND r.metadata ? 'object_digest'
                AND CASE WHEN r.script_type = 'MAINTENANCE' THEN r.load_date = o.load_date AND o.cause NOT IN ('captured', 'follows')
                    ELSE r.script_execution_hk = o.script_execution_hk AND o.cause IN ('captured', 'follows') END)
    ) AS e
    WHERE s.object_hk = e.object_hk AND s.load_date = e.load_date AND s.script_execution_hk = e.script_execution_hk;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN v_rows;
END
$function$;

COMMENT ON FUNCTION script_tracking.erase_objects(pg_catalog.text) IS
    'Erases a person from the history of objects; for erase_end';
