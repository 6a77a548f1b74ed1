-- Returns a setting's value as people may see it: if it can contain a secret, only whether it differs from before.
CREATE OR REPLACE FUNCTION script_tracking.shown_setting(p_name pg_catalog.text, p_value pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE
        WHEN p_name COLLATE "C" ~* '[.]|conninfo|command|passphrase|password|secret|token|key' THEN
            'not shown, ' || left(encode(sha256(s.secret || convert_to(p_value, getdatabaseencoding())), 'hex'), 8)
        ELSE p_value END
    FROM script_tracking.capture_secret AS s
$function$;

COMMENT ON FUNCTION script_tracking.shown_setting(pg_catalog.text, pg_catalog.text) IS
    'The value of a setting, or a salted hash of it if it can contain a secret';
