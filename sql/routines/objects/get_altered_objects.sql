-- Returns the executions whose versions of objects are not those that they recorded: the seal of an execution covers its digest in
-- metadata.object_digest, and the digest covers the hashes of the versions, and each hash its version. Versions that retention removed are
-- not missed: what began before the setting retention.objects_days reaches is compared row by row only.
CREATE OR REPLACE FUNCTION script_tracking.get_altered_objects(since pg_catalog.timestamptz DEFAULT '-infinity')
RETURNS TABLE (
    script_execution_hk pg_catalog.bytea,
    load_date pg_catalog.timestamptz,
    object_identity pg_catalog.text,
    problem pg_catalog.text
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_encoding CONSTANT pg_catalog.name := CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END;
    v_days CONSTANT pg_catalog.int4 := script_tracking.current_setting_value('retention.objects_days')::pg_catalog.int4;
    v_complete_since CONSTANT pg_catalog.timestamptz := CASE WHEN v_days > 0
        THEN now() - make_interval(days => v_days) ELSE '-infinity' END;
BEGIN
    RETURN QUERY
    SELECT s.script_execution_hk, s.load_date, s.object_identity, 'the version does not match its hash'
    FROM script_tracking.object_s AS s
    WHERE s.load_date >= since AND s.hash_diff <> sha256(convert_to(jsonb_build_array(
        -- In a vault, without the source.
        substr(s.object_bk, strpos(s.object_bk, '/') + 1), s.object_type, s.object_identity,
        s.cause, to_jsonb(s.grantees), s.definition)::pg_catalog.text, v_encoding))
        OR s.load_date >= since AND s.object_hk <> sha256(convert_to(s.object_bk, 'SQL_ASCII'));
    RETURN QUERY
    SELECT e.script_execution_hk, e.load_date, NULL::pg_catalog.text, 'a version is missing, added or replaced'
    FROM script_tracking.script_execution_s AS e
    WHERE e.load_date >= greatest(since, v_complete_since) AND e.metadata ? 'object_digest' AND e.load_end_date IS NULL
        -- What sources of a vault sent was compared when it arrived, and dbtrack verify compares it.
        AND NOT EXISTS (SELECT FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = e.tenant_hk AND t.record_source LIKE 'vault@%')
        AND e.metadata ->> 'object_digest' IS DISTINCT FROM (
            SELECT encode(sha256(string_agg(o.hash_diff, '' ORDER BY o.object_bk COLLATE "C")), 'hex')
            FROM script_tracking.object_s AS o
            -- What maintain added keeps the execution that explains it.
            WHERE CASE WHEN e.script_type = 'MAINTENANCE' THEN o.load_date = e.load_date AND o.cause NOT IN ('captured', 'follows')
                -- A statement that commits part-way has its versions from its end.
                ELSE o.load_date BETWEEN e.load_date AND e.load_date + '1 minute'::pg_catalog."interval"
                    AND o.script_execution_hk = e.script_execution_hk AND o.cause IN ('captured', 'follows') END);
END
$function$;

COMMENT ON FUNCTION script_tracking.get_altered_objects(pg_catalog.timestamptz) IS
    'Executions whose versions of objects are not those that they recorded';
