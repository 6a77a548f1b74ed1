-- Returns the record that a message of a bus has, as record_outbox() takes it. It is what the API takes, and refused for
-- the same reasons; the rest is up to record_outbox().
CREATE OR REPLACE FUNCTION script_tracking.outbox_record(p_body pg_catalog.text)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    c_texts CONSTANT pg_catalog.text[] := ARRAY['operation_id', 'script_name', 'script_type', 'started_at', 'execution_status',
        'error_message', 'statement', 'traceparent'];
    c_longest CONSTANT pg_catalog.jsonb := '{"operation_id": 255, "error_message": 100000, "statement": 200000}';
    v_record pg_catalog.jsonb := p_body::pg_catalog.jsonb;
    v_wrong pg_catalog.text;
    v_trace pg_catalog.text;
BEGIN
    IF jsonb_typeof(v_record) <> 'object' THEN
        RAISE EXCEPTION 'a record is a JSON object, not a JSON %', jsonb_typeof(v_record) USING ERRCODE = 'DT006';
    END IF;
    v_record := jsonb_strip_nulls(v_record) || jsonb_build_object('metadata', coalesce(nullif(v_record -> 'metadata', 'null'), '{}'));
    SELECT format('"%s" is not %s', m.key, CASE
            WHEN m.key = ANY (c_texts) THEN
                CASE jsonb_typeof(m.value) WHEN 'string' THEN format('at most %s characters long', c_longest ->> m.key) ELSE 'a text' END
            WHEN m.key = 'duration_us' THEN 'a whole number of microseconds'
            WHEN m.key = 'metadata' THEN 'an object'
            WHEN m.key = 'affected_objects' THEN 'a list of at most 500 texts'
            ELSE 'a member of a record' END)
    INTO v_wrong
    FROM jsonb_each(v_record) AS m
    WHERE CASE
        WHEN m.key = ANY (c_texts) THEN
            jsonb_typeof(m.value) <> 'string' OR length(m.value #>> '{}') > (c_longest ->> m.key)::pg_catalog.int4
        WHEN m.key = 'duration_us' THEN jsonb_typeof(m.value) <> 'number' OR (m.value #>> '{}')::pg_catalog."numeric" % 1 <> 0
        WHEN m.key = 'metadata' THEN jsonb_typeof(m.value) <> 'object'
        WHEN m.key = 'affected_objects' THEN jsonb_typeof(m.value) <> 'array' OR jsonb_array_length(m.value) > 500
            OR m.value @? 'strict $[*] ? (@.type() != "string")'
        ELSE true END
    ORDER BY m.key LIMIT 1;
    IF v_wrong IS NULL THEN
        SELECT format('"%s" is missing', n.name) INTO v_wrong
        FROM unnest(ARRAY['operation_id', 'script_name', 'started_at', 'execution_status']) AS n (name)
        WHERE coalesce(v_record ->> n.name, '') = '' LIMIT 1;
    END IF;
    IF v_wrong IS NULL AND v_record ->> 'execution_status' NOT IN ('RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED') THEN
        v_wrong := format('an operation cannot be %s: RUNNING, COMPLETED, FAILED or CANCELLED', v_record ->> 'execution_status');
    END IF;
    IF v_wrong IS NULL AND v_record ->> 'started_at' !~ '^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d([.]\d{1,9})?([Zz]|[+-]\d\d:\d\d)$' THEN
        v_wrong := 'started_at is not a time with a time zone, as RFC 3339 has it';
    END IF;
    IF v_wrong IS NOT NULL THEN
        RAISE EXCEPTION '%', v_wrong USING ERRCODE = 'DT006';
    END IF;
    v_trace := btrim(v_record ->> 'traceparent');
    IF v_trace ~ '^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$' THEN
        v_record := jsonb_set(v_record, '{metadata,traceparent}', to_jsonb(v_trace));
    END IF;
    RETURN v_record - 'traceparent' - 'started_at'
        || jsonb_build_object('execution_timestamp', (v_record ->> 'started_at')::pg_catalog.timestamptz);
END
$function$;

COMMENT ON FUNCTION script_tracking.outbox_record(pg_catalog.text) IS
    'The record in a message of a bus, as record_outbox() takes it; for the functions of this schema';
