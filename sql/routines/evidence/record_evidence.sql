-- Records that the caller drew evidence: which framework and period, and the digest of the data. It is an execution of the type
-- REPORTING under a name that callers cannot use, so that it is sealed with the rest and nobody can make one up.
CREATE OR REPLACE FUNCTION script_tracking.record_evidence(
    p_framework pg_catalog.text,
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz,
    p_tenant pg_catalog.text,
    p_changes pg_catalog.int8,
    p_sha256 pg_catalog.text,
    p_began pg_catalog.timestamptz
)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_began CONSTANT pg_catalog.timestamptz := least(p_began, clock_timestamp());
BEGIN
    IF current_setting('dbtrack.tenant_token', true) LIKE '%.0.%' THEN
        PERFORM script_tracking.check_writing_token();
    END IF;
    RETURN (SELECT e.o_script_execution_hk FROM script_tracking.insert_execution('dbtrack evidence', 'REPORTING', 'COMPLETED',
        v_began, (extract(epoch FROM clock_timestamp() - v_began) * 1000000)::pg_catalog.int8, script_tracking.own_tenant(), '{}',
        NULL, NULL, script_tracking.session_metadata() || jsonb_build_object('evidence', jsonb_strip_nulls(jsonb_build_object(
            'framework', script_tracking.redact_message("left"(p_framework, 200)), 'since', p_since, 'until', p_until,
            'tenant', script_tracking.redact_message("left"(p_tenant, 200)), 'changes', p_changes,
            'sha256', substring(p_sha256, '^[0-9a-f]{64}$')))), 'evidence') AS e);
END
$function$;

COMMENT ON FUNCTION script_tracking.record_evidence(pg_catalog.text, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.text,
    pg_catalog.int8, pg_catalog.text, pg_catalog.timestamptz) IS
    'Records that the caller drew evidence, for dbtrack evidence';
