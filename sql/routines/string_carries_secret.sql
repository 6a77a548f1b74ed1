-- Whether a string of any length can carry a secret. A long one is read in pieces that overlap, since a regular expression
-- takes some five times the memory of its text; beyond 20 MB it counts as carrying one.
CREATE OR REPLACE FUNCTION script_tracking.string_carries_secret(p_string pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    c_piece CONSTANT pg_catalog.int4 := 1000000;
    c_overlap CONSTANT pg_catalog.int4 := 2000;
    v_bytes pg_catalog.bytea;
    v_start pg_catalog.int4 := 1;
    v_end pg_catalog.int4;
BEGIN
    IF octet_length(p_string) <= c_piece THEN
        RETURN script_tracking.carries_secret(p_string);
    ELSIF octet_length(p_string) > 20000000 THEN
        RETURN true;
    END IF;
    v_bytes := convert_to(p_string, getdatabaseencoding());
    LOOP
        v_end := script_tracking.piece_end(v_bytes, v_start, c_piece);
        -- No ASCII character in all of a piece: nobody writes SQL like this.
        IF v_end IS NULL OR script_tracking.carries_secret(
            convert_from(substring(v_bytes FROM v_start FOR v_end - v_start + 1), getdatabaseencoding())) THEN
            RETURN true;
        END IF;
        EXIT WHEN v_end = octet_length(v_bytes);
        v_start := coalesce(script_tracking.piece_end(v_bytes, v_start, v_end - v_start + 1 - c_overlap), v_end) + 1;
    END LOOP;
    RETURN false;
END
$function$;

COMMENT ON FUNCTION script_tracking.string_carries_secret(pg_catalog.text) IS
    'Whether a string of any length can carry a secret';
