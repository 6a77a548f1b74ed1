-- Authenticates what sql_drop passes to ddl_command_end in a setting. Any session can write a setting, but not with
-- this digest, which binds it to the backend, the transaction and the statement.
CREATE OR REPLACE FUNCTION script_tracking.capture_digest(p_payload pg_catalog.text)
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
        concat_ws('|', pg_backend_pid(), pg_current_xact_id(), extract(epoch FROM statement_timestamp()), p_payload),
        CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END))), 'hex');
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_digest(pg_catalog.text) IS
    'Authenticates what one capture function passes to the next';
