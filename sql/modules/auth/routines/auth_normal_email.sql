-- Returns an e-mail address as the key of a user: no blanks around it, A to Z in lower case. No other letter is folded:
-- folding differs between servers and versions, and a key must not.
CREATE OR REPLACE FUNCTION script_tracking.auth_normal_email(p_email pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
RETURN lower(btrim(p_email, E' \t\r\n') COLLATE "C");

COMMENT ON FUNCTION script_tracking.auth_normal_email(pg_catalog.text) IS 'An e-mail address as the key of a user';
