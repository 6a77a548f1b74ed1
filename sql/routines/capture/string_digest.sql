-- Authenticates what capture keeps about a string of several statements in a setting of the session. Unlike
-- capture_digest it is not bound to the transaction, because a string can commit before its end. What is kept contains
-- its moment, and a client's string has a moment of its own.
CREATE OR REPLACE FUNCTION script_tracking.string_digest(p_payload pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_secret pg_catalog.bytea;
BEGIN
    SELECT s.secret INTO v_secret FROM script_tracking.capture_secret AS s;
    IF v_secret IS NULL THEN
        RAISE EXCEPTION 'the table script_tracking.capture_secret is empty, as a dump without data leaves it'
            USING ERRCODE = 'DT001';
    END IF;
    RETURN encode(sha256(v_secret || sha256(convert_to(
        concat_ws('|', 'string', pg_backend_pid(), p_payload), getdatabaseencoding()))), 'hex');
END
$function$;

COMMENT ON FUNCTION script_tracking.string_digest(pg_catalog.text) IS
    'Authenticates what capture keeps about a string of several statements';
