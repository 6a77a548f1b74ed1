-- Starts an operation once for each key of the caller's: a second call with the same key returns the operation of the
-- first one, also if the two run at the same time. Keys belong to the API token that the transaction proved, and are
-- kept for a day.
CREATE OR REPLACE FUNCTION script_tracking.start_once(
    p_request_key pg_catalog.text,
    p_script_name pg_catalog."varchar",
    p_script_type pg_catalog."varchar",
    p_tenant_hk pg_catalog.bytea,
    p_metadata pg_catalog.jsonb,
    p_content pg_catalog.text,
    OUT execution_hk pg_catalog.bytea,
    OUT is_new pg_catalog.bool
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_token_id pg_catalog.text := (SELECT t.token_id FROM script_tracking.proven_token() AS t);
    v_request_hash pg_catalog.bytea := sha256(convert_to(p_request_key, 'UTF8'));
    v_content_hash pg_catalog.bytea := sha256(convert_to(p_content, 'UTF8'));
    v_earlier script_tracking.api_start;
BEGIN
    IF v_token_id IS NULL THEN
        RAISE EXCEPTION 'this transaction proved no token' USING ERRCODE = 'DT004';
    END IF;
    -- A few at a time: as many as come in, so that the table does not grow.
    DELETE FROM script_tracking.api_start AS s
    WHERE s.ctid = ANY (ARRAY(
        SELECT o.ctid FROM script_tracking.api_start AS o
        WHERE o.started_at < clock_timestamp() - '1 day'::pg_catalog."interval"
        ORDER BY o.started_at LIMIT 10 FOR UPDATE SKIP LOCKED));
    -- Waits for another transaction that has the same key, and sees what it did.
    INSERT INTO script_tracking.api_start (token_id, request_hash, content_hash, script_execution_hk, started_at)
    VALUES (v_token_id, v_request_hash, v_content_hash, '\x', clock_timestamp())
    ON CONFLICT ON CONSTRAINT api_start_pkey DO NOTHING;
    is_new := FOUND;
    IF is_new THEN
        execution_hk := script_tracking.track_operation(p_script_name, p_script_type, p_tenant_hk, p_metadata,
            writer => 'rest_api');
        UPDATE script_tracking.api_start AS s SET script_execution_hk = execution_hk
        WHERE s.token_id = v_token_id AND s.request_hash = v_request_hash;
        RETURN;
    END IF;
    SELECT s.* INTO v_earlier FROM script_tracking.api_start AS s
    WHERE s.token_id = v_token_id AND s.request_hash = v_request_hash;
    IF v_earlier.content_hash <> v_content_hash THEN
        RAISE EXCEPTION 'this Idempotency-Key has started another operation'
            USING ERRCODE = 'DT010', HINT = 'use a new key for each operation';
    END IF;
    execution_hk := v_earlier.script_execution_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.start_once(
    pg_catalog.text, pg_catalog."varchar", pg_catalog."varchar", pg_catalog.bytea, pg_catalog.jsonb, pg_catalog.text) IS
    'Starts an operation as track_operation does, once for each p_request_key; p_content: what the key stands for; is_new: '
    'whether this call started it';
