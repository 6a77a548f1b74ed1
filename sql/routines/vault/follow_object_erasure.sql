-- Erases from versions of objects of a source what the source has erased from them, and returns how many those are. As in
-- follow_erasure, nothing else can change. Only where the digest that covered the version is gone, as in erase_objects: the source
-- has sent the executions before.
CREATE OR REPLACE FUNCTION script_tracking.follow_object_erasure(p_source_name pg_catalog.text, p_versions pg_catalog.json)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_rows pg_catalog.int8;
BEGIN
    UPDATE script_tracking.object_s AS s
    SET object_identity = e.object_identity, grantees = e.grantees, definition = e.definition, hash_diff = e.hash_diff
    FROM (
        SELECT o.object_hk AS own_hk, r.load_date, r.script_execution_hk, r.object_identity, r.grantees, r.definition, r.hash_diff
        FROM json_populate_recordset(NULL::script_tracking.object_s, p_versions) AS r
        CROSS JOIN LATERAL (SELECT v.* FROM script_tracking.object_s AS v
            WHERE v.object_hk = sha256(convert_to(p_source_name || '/' || r.object_bk, 'SQL_ASCII')) AND v.load_date = r.load_date
                AND v.script_execution_hk = r.script_execution_hk OFFSET 0) AS o
        WHERE o.hash_diff <> r.hash_diff
            AND (o.version_number, o.object_type, o.cause, o.record_source) = (r.version_number, r.object_type, r.cause, r.record_source)
            AND r.hash_diff = sha256(convert_to(jsonb_build_array(r.object_bk, r.object_type, r.object_identity, r.cause,
                to_jsonb(r.grantees), r.definition)::pg_catalog.text, 'UTF8'))
            AND r.object_identity IN (o.object_identity, '[erased]')
            AND script_tracking.is_erased_json(coalesce(to_jsonb(o.grantees), 'null'), coalesce(to_jsonb(r.grantees), 'null'))
            AND script_tracking.is_erased_json(o.definition, r.definition)
            AND NOT EXISTS (
                SELECT FROM script_tracking.script_execution_s AS x
                WHERE x.load_date BETWEEN o.load_date - '1 minute'::pg_catalog."interval" AND o.load_date AND x.metadata ? 'object_digest'
                    AND CASE WHEN o.cause IN ('captured', 'follows') THEN x.script_execution_hk = o.script_execution_hk
                        ELSE x.load_date = o.load_date AND x.script_type = 'MAINTENANCE' END)
    ) AS e
    WHERE s.object_hk = e.own_hk AND s.load_date = e.load_date AND s.script_execution_hk = e.script_execution_hk;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    IF v_rows > 0 THEN
        PERFORM script_tracking.record_followed_erasure(p_source_name, jsonb_build_object('objects_erased', v_rows));
    END IF;
    RETURN v_rows;
END
$function$;

COMMENT ON FUNCTION script_tracking.follow_object_erasure(pg_catalog.text, pg_catalog.json) IS
    'Erases from versions of objects of a source what the source has erased; for the functions of this schema';
