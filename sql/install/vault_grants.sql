-- Lets the logins that push into a vault call the functions that receive, and nothing else. Without a vault it does nothing.
DO $vault_grants$
DECLARE
    v_role text := (SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'role.vault');
BEGIN
    IF to_regrole(quote_ident(v_role)) IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA script_tracking TO %I', v_role);
    EXECUTE format('GRANT EXECUTE ON FUNCTION script_tracking.begin_push(text, jsonb, bigint), '
        'script_tracking.prepare_months(text, text[]), script_tracking.receive_events(text, jsonb, json), '
        'script_tracking.receive_block(text, jsonb, jsonb, json, boolean), '
        'script_tracking.receive_waits(text, jsonb, json), script_tracking.receive_objects(text, jsonb, json), '
        'script_tracking.receive_message(bytea, text, timestamptz, text, bytea) TO %I', v_role);
END
$vault_grants$;
