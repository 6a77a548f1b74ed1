-- Records operations that services published to a bus, each signed by an API token (prove_message); one that cannot be
-- recorded does not keep the others from arriving. Whoever may call this proves nothing by it: without a signature
-- nothing is recorded, and the tenant is the token's.
-- Anybody who can write to the topic can publish a message again, as long as it exists; what was recorded is known for a year
-- (remove_spool_receipts). So what is older is refused.
-- outcome: recorded, closed, known, or refused, and then refusal says why. An error that may pass is raised, for all.
CREATE OR REPLACE FUNCTION script_tracking.receive_outbox(
    p_token_ids pg_catalog.text[],
    p_tenants pg_catalog.text[],
    p_macs pg_catalog.bytea[],
    p_bodies pg_catalog.text[]
)
RETURNS TABLE (
    message_number pg_catalog.int4,
    token_name pg_catalog.text,
    outcome pg_catalog.text,
    execution_hk pg_catalog.bytea,
    refusal pg_catalog.text
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET "TimeZone" = 'UTC'
AS $function$
DECLARE
    c_oldest CONSTANT pg_catalog."interval" := '360 days';
    v_record pg_catalog.jsonb;
    v_proof pg_catalog.text := coalesce(current_setting('dbtrack.tenant_token', true), '');
    v_name pg_catalog.text := current_setting('application_name');
    v_message record;
BEGIN
    FOR v_message IN
        SELECT m.ordinality::pg_catalog.int4 AS number, m.token_id, coalesce(m.tenant, '') AS tenant, m.mac, m.body
        FROM unnest(p_token_ids, p_tenants, p_macs, p_bodies) WITH ORDINALITY AS m (token_id, tenant, mac, body)
        ORDER BY m.ordinality
    LOOP
        message_number := v_message.number;
        token_name := NULL;
        BEGIN
            token_name := script_tracking.prove_message(v_message.token_id, v_message.tenant, v_message.mac, v_message.body);
            v_record := script_tracking.outbox_record(v_message.body);
            IF (v_record ->> 'execution_timestamp')::pg_catalog.timestamptz < clock_timestamp() - c_oldest THEN
                RAISE EXCEPTION 'it began more than % days ago: whether it was recorded before is not known any more',
                    extract(day FROM c_oldest) USING ERRCODE = 'DT006';
            END IF;
            SELECT o.execution_hk, o.outcome, o.refusal INTO execution_hk, outcome, refusal
            FROM script_tracking.record_outbox(jsonb_build_array(v_record)) AS o;
        EXCEPTION
            WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded
                OR SQLSTATE 'DT003' OR SQLSTATE 'DT004' OR SQLSTATE 'DT006' THEN
                execution_hk := NULL;
                outcome := 'refused';
                refusal := SQLERRM;
        END;
        -- What follows in this transaction must not act as the token.
        PERFORM set_config('dbtrack.tenant_token', v_proof, true), set_config('application_name', v_name, true);
        RETURN NEXT;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.receive_outbox(
    pg_catalog._text, pg_catalog._text, pg_catalog._bytea, pg_catalog._text) IS
    'Records operations that services published to a bus, signed by their tokens; for dbtrack outbox receive';
