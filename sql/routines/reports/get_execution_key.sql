-- Returns the whole hash key of the one execution whose key begins with these digits.
CREATE OR REPLACE FUNCTION script_tracking.get_execution_key(key_prefix pg_catalog.text)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_digits CONSTANT pg_catalog.text := lower(regexp_replace(btrim(key_prefix), '^\\x', '') COLLATE "C");
    v_keys pg_catalog.bytea[];
BEGIN
    IF v_digits !~ '^[0-9a-f]{8,64}$' THEN
        RAISE EXCEPTION '"%" is not a key', key_prefix
            USING ERRCODE = 'DT006', HINT = 'a key has 64 hexadecimal digits, of which 8 or more are needed';
    END IF;
    v_keys := ARRAY(
        SELECT DISTINCT h.script_execution_hk
        FROM script_tracking.script_execution_h AS h
        WHERE h.script_execution_hk >= decode(rpad(v_digits, 64, '0'), 'hex')
            AND h.script_execution_hk <= decode(rpad(v_digits, 64, 'f'), 'hex')
        LIMIT 2);
    IF cardinality(v_keys) = 0 THEN
        RAISE EXCEPTION 'there is no execution with the key %, or you may not see it', v_digits
            USING ERRCODE = 'DT009', HINT = 'dbtrack history --format plain shows the keys';
    ELSIF cardinality(v_keys) = 2 THEN
        RAISE EXCEPTION 'more than one execution has a key that begins with %', v_digits
            USING ERRCODE = 'DT009', HINT = 'give more of its digits';
    END IF;
    RETURN v_keys[1];
END
$function$;

COMMENT ON FUNCTION script_tracking.get_execution_key(pg_catalog.text) IS
    'The hash key of the one execution whose key begins with these 8 to 64 hexadecimal digits';
