-- Keeps a piece of the client's string, as find_statement made it, for the next DDL command of the string; and its
-- hash, under a new seed, where the session cannot change them.
CREATE OR REPLACE FUNCTION script_tracking.keep_window(
    p_moment pg_catalog.int8,
    p_window pg_catalog.text,
    p_flag pg_catalog.text
)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_window pg_catalog.text := p_moment || left(p_window, 11) || p_flag || substr(p_window, 13);
    v_seed pg_catalog.int8 := setval('script_tracking.capture_window_seed_seq',
        ('x' || right(gen_random_uuid()::pg_catalog.text, 12))::pg_catalog."bit"(48)::pg_catalog.int8 + 1);
BEGIN
    v_seed := setval('script_tracking.capture_window_seq',
        hashtextextended(v_window, v_seed) & 9223372036854775806 | 1);
    RETURN set_config('dbtrack.ddl_window', v_window, true);
END
$function$;

COMMENT ON FUNCTION script_tracking.keep_window(pg_catalog.int8, pg_catalog.text, pg_catalog.text) IS
    'Keeps a piece of the client''s string for its next DDL';
