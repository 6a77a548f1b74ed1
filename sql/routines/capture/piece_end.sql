-- Returns where a piece of a string's bytes ends: at most p_width bytes after p_from, and before an ASCII character,
-- which is never part of another character in PostgreSQL's server encodings. NULL if there is none.
CREATE OR REPLACE FUNCTION script_tracking.piece_end(
    p_bytes pg_catalog.bytea,
    p_from pg_catalog.int4,
    p_width pg_catalog.int4
)
RETURNS pg_catalog.int4
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_end pg_catalog.int4 := p_from - 1 + p_width;
BEGIN
    IF v_end >= octet_length(p_bytes) THEN
        RETURN octet_length(p_bytes);
    END IF;
    WHILE get_byte(p_bytes, v_end) >= 128 LOOP
        v_end := v_end - 1;
        IF v_end < p_from THEN
            RETURN NULL;
        END IF;
    END LOOP;
    RETURN v_end;
END
$function$;

COMMENT ON FUNCTION script_tracking.piece_end(pg_catalog.bytea, pg_catalog.int4, pg_catalog.int4) IS
    'Where a piece of a string ends, between two characters';
