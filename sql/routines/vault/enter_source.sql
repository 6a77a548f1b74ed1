-- Limits what this session reads to the rows of one source. Who sees everything acts as a reader from here on, to whom row
-- security applies; caller_tenants() then has the tenants of the source.
CREATE OR REPLACE FUNCTION script_tracking.enter_source(p_source_name pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_reader CONSTANT pg_catalog.text := (SELECT i.property_value FROM script_tracking.installation AS i
        WHERE i.property_name = 'role.reader');
BEGIN
    IF current_setting('dbtrack.source', true) = p_source_name THEN
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM script_tracking.get_vault_sources() AS s WHERE s.source_name = p_source_name)
        -- Who sees some of its tenants names it, too.
        AND NOT EXISTS (SELECT FROM script_tracking.get_vault_tenants() AS t WHERE t.source_name = p_source_name) THEN
        RAISE EXCEPTION 'there is no source "%"', p_source_name USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack vault sources';
    END IF;
    IF script_tracking.sees_all_tenants() THEN
        PERFORM set_config('role', v_reader, false);
    END IF;
    PERFORM set_config('dbtrack.source', p_source_name, false);
END
$function$;

COMMENT ON FUNCTION script_tracking.enter_source(pg_catalog.text) IS
    'Limits what this session reads to the rows of one source of the vault';
