-- Returns the one answer to everybody who was refused, whatever the reason.
CREATE OR REPLACE FUNCTION script_tracking.auth_refusal(p_kind pg_catalog.text)
RETURNS pg_catalog.jsonb
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN jsonb_build_object('success', false, 'message', CASE p_kind
    WHEN 'login' THEN 'the e-mail or the password is wrong'
    ELSE 'this account cannot be created' END);

COMMENT ON FUNCTION script_tracking.auth_refusal(pg_catalog.text) IS 'The one answer to everybody who was refused';
