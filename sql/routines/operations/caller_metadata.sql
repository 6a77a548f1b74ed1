-- Returns a caller's metadata in a form that is safe to store: an object without secrets, and without the keys under
-- which dbtrack itself records who acted, and what it proves.
CREATE OR REPLACE FUNCTION script_tracking.caller_metadata(p_metadata pg_catalog.jsonb)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF p_metadata IS NULL OR p_metadata = '{}' THEN
        RETURN '{}';
    END IF;
    IF jsonb_typeof(p_metadata) <> 'object' THEN
        RAISE EXCEPTION 'metadata must be a JSON object, not a JSON %', jsonb_typeof(p_metadata)
            USING ERRCODE = 'DT006', HINT = 'write {"ticket": "OPS-1"}';
    END IF;
    -- Redaction descends one level with each call of itself.
    IF pg_column_size(p_metadata) > 400 AND p_metadata @? '$.**{100}' THEN
        RETURN '{"metadata": "[redacted: nested too deeply]"}';
    END IF;
    RETURN script_tracking.redact_metadata(p_metadata
        - ('{role,application_name,backend_pid,transaction_id,duration_us,command_tag,nesting_level,closed_by,'
            'backend_type,session_replication_role,subscription,replication_origin,replicated,depends_on_temporary,'
            'dropped_objects,object_digest,attribution_digest,described_objects}')::pg_catalog.text[]);
END
$function$;

COMMENT ON FUNCTION script_tracking.caller_metadata(pg_catalog.jsonb) IS 'A caller''s metadata, safe to store';
