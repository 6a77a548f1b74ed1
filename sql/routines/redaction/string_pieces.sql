-- Returns a string of any length in overlapping pieces, for regular expressions, which take some five times the memory
-- of their text. NULL stands for text that is not read: beyond 200 MB, and pieces of a megabyte without an ASCII
-- character.
CREATE OR REPLACE FUNCTION script_tracking.string_pieces(p_string pg_catalog.text)
RETURNS SETOF pg_catalog.text
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
        RETURN NEXT p_string;
        RETURN;
    ELSIF octet_length(p_string) > 200000000 THEN
        RETURN NEXT NULL;
        RETURN;
    END IF;
    v_bytes := convert_to(p_string, getdatabaseencoding());
    LOOP
        v_end := script_tracking.piece_end(v_bytes, v_start, c_piece);
        RETURN NEXT convert_from(substring(v_bytes FROM v_start FOR v_end - v_start + 1), getdatabaseencoding());
        EXIT WHEN v_end IS NULL OR v_end = octet_length(v_bytes);
        v_start := coalesce(script_tracking.piece_end(v_bytes, v_start, v_end - v_start + 1 - c_overlap), v_end) + 1;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.string_pieces(pg_catalog.text) IS 'A string of any length in pieces that overlap';
