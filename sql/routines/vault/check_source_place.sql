-- Refuses what another database sends under the name of a source.
CREATE OR REPLACE FUNCTION script_tracking.check_source_place(p_source script_tracking.vault_source, p_place pg_catalog.jsonb)
RETURNS pg_catalog.void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF p_source.place IS DISTINCT FROM p_place - '{name,version}'::pg_catalog.text[] THEN
        RAISE EXCEPTION 'the source % is another database', p_source.source_name USING ERRCODE = 'DT004';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.check_source_place(script_tracking.vault_source, pg_catalog.jsonb) IS
    'Refuses what another database sends under the name of a source; for the functions of this schema';
