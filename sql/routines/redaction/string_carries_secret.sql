-- Returns whether a string of any length can contain a secret; text that is not read counts as containing one.
CREATE OR REPLACE FUNCTION script_tracking.string_carries_secret(p_string pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_piece pg_catalog.text;
BEGIN
    IF octet_length(p_string) <= 1000000 THEN
        RETURN script_tracking.carries_secret(p_string);
    END IF;
    FOR v_piece IN SELECT g.piece FROM script_tracking.string_pieces(p_string) AS g (piece) LOOP
        IF v_piece IS NULL OR script_tracking.carries_secret(v_piece) THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END
$function$;

COMMENT ON FUNCTION script_tracking.string_carries_secret(pg_catalog.text) IS
    'Whether a string of any length can contain a secret';
