-- Returns the beginning of the client's string in the form in which it may be stored: beside the statement of a DDL
-- command that code ran, or instead of a statement that cannot be determined. The whole string would be stored with
-- each of its DDL commands. The excerpt is made once for a string and kept in a setting. It is recognised by a hash
-- whose seed the session cannot read, because it is not redacted again.
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
    v_kept pg_catalog.text := coalesce(current_setting('dbtrack.ddl_client', true), '');
    v_key pg_catalog.text :=
        (extract(epoch FROM statement_timestamp()) * 1000000)::pg_catalog.int8 || CASE WHEN p_all THEN ':all:' ELSE ':' END
        || p_mode || p_longest || ':';
    v_client pg_catalog.text;
    v_seed pg_catalog.int8;
BEGIN
    IF starts_with(v_kept, v_key)
        AND script_tracking.place_is_kept()
        AND hashtextextended(v_kept, currval('script_tracking.capture_excerpt_seed_seq')) & 9223372036854775806 | 1
            = currval('script_tracking.capture_excerpt_seq') THEN
        o_has_secret := substr(v_kept, length(v_key) + 1, 1) = 's';
        o_excerpt := CASE WHEN p_longest > 0 THEN substr(v_kept, length(v_key) + 2) END;
        RETURN;
    END IF;
    v_client := current_query();
    o_has_secret := script_tracking.string_carries_secret(v_client);
    o_excerpt := script_tracking.bounded_statement(v_client, o_has_secret OR p_all, p_mode, p_longest);
    IF length(o_excerpt) > 1000 THEN
        o_excerpt := left(o_excerpt, 1000) || format('... [cut: %s characters]', length(v_client));
    END IF;
    v_kept := set_config('dbtrack.ddl_client',
        v_key || CASE WHEN o_has_secret THEN 's' ELSE '-' END || coalesce(o_excerpt, ''), true);
    v_seed := setval('script_tracking.capture_excerpt_seed_seq',
        ('x' || right(gen_random_uuid()::pg_catalog.text, 12))::pg_catalog."bit"(48)::pg_catalog.int8 + 1);
    v_seed := setval('script_tracking.capture_excerpt_seq', hashtextextended(v_kept, v_seed) & 9223372036854775806 | 1);
END
$function$;

COMMENT ON FUNCTION script_tracking.client_excerpt(pg_catalog.bool, pg_catalog.text, pg_catalog.int4) IS
    'The beginning of the client''s string as it may be stored';
