-- Returns the number that a part has after some restores.
CREATE OR REPLACE FUNCTION script_tracking.renumbered_part(p_part pg_catalog.text, p_maps pg_catalog.jsonb[])
RETURNS pg_catalog.text
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_part pg_catalog.text := p_part;
    v_map pg_catalog.jsonb;
BEGIN
    FOREACH v_map IN ARRAY p_maps LOOP
        v_part := coalesce(v_map ->> v_part, v_part);
    END LOOP;
    RETURN v_part;
END
$function$;

COMMENT ON FUNCTION script_tracking.renumbered_part(pg_catalog.text, pg_catalog.jsonb[]) IS 'The number that a part has after restores';
