-- Records operations that a service reports later, from an outbox of its own, as often as it sends them: the key follows
-- from what the record says, so that a record that arrives again is known. Each element has operation_id, script_name,
-- execution_timestamp, execution_status (RUNNING: its start; otherwise its end, or all of it), and optionally
-- script_type, duration_us, error_message, metadata, affected_objects, statement. A start and an end with the same
-- operation_id, script_name and execution_timestamp are one operation, in whatever order they arrive.
-- outcome: recorded, closed (what was running), known, or refused, and then refusal says why.
CREATE OR REPLACE FUNCTION script_tracking.record_outbox(
    records pg_catalog.jsonb,
    tenant_hk pg_catalog.bytea DEFAULT NULL
)
RETURNS TABLE (
    record_number pg_catalog.int4,
    execution_hk pg_catalog.bytea,
    outcome pg_catalog.text,
    refusal pg_catalog.text
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_tenant_hk pg_catalog.bytea := script_tracking.writing_tenant(record_outbox.tenant_hk);
    -- Two tokens, or two logins, may choose the same identifiers.
    v_sender pg_catalog.text := coalesce((SELECT t.token_id FROM script_tracking.proven_token() AS t), 'login ' || session_user);
    v_session pg_catalog.jsonb := script_tracking.session_metadata();
    v_mode pg_catalog.text := script_tracking.current_setting_value('redaction.mode');
    v_longest pg_catalog.int4 := script_tracking.current_setting_value('capture.statement_characters')::pg_catalog.int4;
    v_record record;
    v_business_key pg_catalog.text;
BEGIN
    -- Always in the same order: two senders of the same records wait for each other, and never in a circle. A start
    -- stands before its end.
    FOR v_record IN
        SELECT o.ordinality::pg_catalog.int4 AS number, o.operation_id, o.script_name,
            coalesce(o.script_type, 'MANUAL') AS script_type, o.execution_status, o.execution_timestamp, o.duration_us,
            script_tracking.redact_message(o.error_message) AS error_message,
            script_tracking.caller_metadata(o.metadata) AS metadata,
            script_tracking.redact_names(o.affected_objects) AS affected_objects,
            script_tracking.redact_statement(o.statement, v_mode, v_longest) AS statement
        FROM ROWS FROM (jsonb_to_recordset(records) AS (
            operation_id pg_catalog.text, script_name pg_catalog.text, script_type pg_catalog.text,
            execution_status pg_catalog.text, execution_timestamp pg_catalog.timestamptz, duration_us pg_catalog.int8,
            error_message pg_catalog.text, metadata pg_catalog.jsonb, affected_objects pg_catalog.text[],
            statement pg_catalog.text)) WITH ORDINALITY AS o
        ORDER BY o.operation_id, o.script_name, o.execution_timestamp, o.execution_status <> 'RUNNING', o.ordinality
    LOOP
        record_number := v_record.number;
        refusal := script_tracking.refused_outbox_record(v_record.script_name, v_record.script_type,
            v_record.execution_status, v_record.execution_timestamp, v_record.duration_us);
        IF refusal IS NOT NULL THEN
            execution_hk := NULL;
            outcome := 'refused';
        ELSE
            v_business_key := left(script_tracking.redact_message(v_record.script_name), 255)
                || to_char(v_record.execution_timestamp AT TIME ZONE 'UTC', '_YYYY-MM-DD_HH24:MI:SS.US_')
                || left(encode(sha256(convert_to(jsonb_build_array(v_sender, encode(v_tenant_hk, 'hex'),
                    v_record.operation_id)::pg_catalog.text, 'UTF8')), 'hex'), 12);
            execution_hk := script_tracking.calculate_hash_key(v_business_key);
            -- Waits for another transaction that has the same operation, and sees what it did.
            INSERT INTO script_tracking.spool_receipt (spool_id, load_date)
            VALUES (left(encode(execution_hk, 'hex'), 32)::pg_catalog.uuid, clock_timestamp())
            ON CONFLICT DO NOTHING;
            IF FOUND THEN
                PERFORM script_tracking.insert_outbox_execution(v_business_key, v_tenant_hk, to_jsonb(v_record),
                    v_record.affected_objects, v_record.metadata || v_session);
                outcome := 'recorded';
            ELSIF v_record.execution_status = 'RUNNING' THEN
                outcome := 'known';
            ELSE
                -- The key has the token in it, so the sender is the same, also if the server's login is now another.
                UPDATE script_tracking.open_execution AS e
                SET opened_by = session_user
                WHERE e.script_execution_hk = record_outbox.execution_hk AND e.opened_by <> session_user;
                BEGIN
                    outcome := CASE WHEN script_tracking.complete_operation(
                        execution_hk => execution_hk, execution_status => v_record.execution_status,
                        error_message => v_record.error_message, metadata => v_record.metadata,
                        affected_objects => v_record.affected_objects, duration_us => v_record.duration_us)
                        THEN 'closed' ELSE 'known' END;
                EXCEPTION WHEN SQLSTATE 'DT001' OR SQLSTATE 'DT004' OR SQLSTATE 'DT006' THEN
                    -- The other records must not wait for this one for ever.
                    outcome := 'refused';
                    refusal := SQLERRM;
                END;
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_outbox(pg_catalog.jsonb, pg_catalog.bytea) IS
    'Records operations that a service reports from an outbox, once however often it sends them: a JSON array of objects '
    'with operation_id, script_name, execution_timestamp, execution_status (RUNNING: the start) and, optionally, '
    'script_type, duration_us, error_message, metadata, affected_objects, statement';
