-- The beginning of the client's string as it may be stored: beside the statement of a DDL that code ran, or instead of one
-- that cannot be told. The string itself would be stored with each of its DDL. Made once a string, and kept in a setting,
-- authenticated, because redaction believes it.
CREATE OR REPLACE FUNCTION script_tracking.client_excerpt(
    p_all pg_catalog.bool,
    p_mode pg_catalog.text,
    p_longest pg_catalog.int4,
    OUT o_excerpt pg_catalog.text,
    OUT o_has_secret pg_catalog.bool
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_setting CONSTANT pg_catalog.text := CASE WHEN p_all THEN 'dbtrack.ddl_client_all' ELSE 'dbtrack.ddl_client' END;
    v_kept pg_catalog.text := coalesce(current_setting(v_setting, true), '');
    v_key pg_catalog.text := script_tracking.string_moment() || ':' || p_mode || p_longest || ':';
    v_client pg_catalog.text;
BEGIN
    IF starts_with(substr(v_kept, 65, 100), v_key)
        AND left(v_kept, 64) = script_tracking.string_digest(v_setting || substr(v_kept, 65)) THEN
        o_has_secret := substr(v_kept, 65 + length(v_key), 1) = 's';
        o_excerpt := CASE WHEN p_longest > 0 THEN substr(v_kept, 66 + length(v_key)) END;
        RETURN;
    END IF;
    v_client := current_query();
    o_has_secret := script_tracking.string_carries_secret(v_client);
    o_excerpt := script_tracking.bounded_statement(v_client, o_has_secret OR p_all, p_mode, p_longest);
    IF length(o_excerpt) > 1000 THEN
        o_excerpt := left(o_excerpt, 1000) || format('... [cut: %s characters]', length(v_client));
    END IF;
    v_key := v_key || CASE WHEN o_has_secret THEN 's' ELSE '-' END || coalesce(o_excerpt, '');
    v_key := set_config(v_setting, script_tracking.string_digest(v_setting || v_key) || v_key, true);
END
$function$;

COMMENT ON FUNCTION script_tracking.client_excerpt(pg_catalog.bool, pg_catalog.text, pg_catalog.int4) IS
    'The beginning of the client''s string as it may be stored';
