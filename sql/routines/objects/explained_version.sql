-- Completes a version that a sweep found: its cause, its hash, and the execution that explains it. That is the last command since the
-- last sweep that names the object, or what dbtrack reconcile recorded of a change that nobody explains.
CREATE OR REPLACE FUNCTION script_tracking.explained_version(
    p_version pg_catalog.jsonb,
    p_since pg_catalog.timestamptz,
    p_is_baseline pg_catalog.bool
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_execution_hk pg_catalog.bytea;
    v_script_type pg_catalog.text;
    v_version pg_catalog.jsonb;
BEGIN
    IF NOT p_is_baseline AND p_since IS NOT NULL THEN
        SELECT s.script_execution_hk, s.script_type INTO v_execution_hk, v_script_type
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date >= p_since AND p_version ->> 2 = ANY (s.affected_objects)
            AND s.script_type IN ('DDL_AUTO', 'UNATTRIBUTED')
            -- Not what a source of a vault did to an object of this name.
            AND NOT EXISTS (SELECT FROM script_tracking.vault_tenant AS t WHERE t.tenant_hk = s.tenant_hk)
        ORDER BY s.load_date DESC LIMIT 1;
    END IF;
    v_version := jsonb_set(p_version, '{3}', to_jsonb(CASE WHEN p_is_baseline THEN 'baseline'
        WHEN v_script_type = 'DDL_AUTO' THEN 'maintain' ELSE 'reconcile' END));
    RETURN v_version || jsonb_build_array(encode(sha256(convert_to(v_version::pg_catalog.text,
        CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END)), 'hex'),
        encode(v_execution_hk, 'hex'));
END
$function$;

COMMENT ON FUNCTION script_tracking.explained_version(pg_catalog.jsonb, pg_catalog.timestamptz, pg_catalog.bool) IS
    'A version that a sweep found, with its cause and the execution that explains it';
