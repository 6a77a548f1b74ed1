-- Says whether what a source erases is erased here, too. Whoever controls the source can then erase what it had sent, and nothing else.
CREATE OR REPLACE FUNCTION script_tracking.set_vault_source(p_source_name pg_catalog.text, p_follows_erasures pg_catalog.bool)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    UPDATE script_tracking.vault_source AS s SET follows_erasures = p_follows_erasures
    WHERE s.source_name = p_source_name AND s.removed_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no source "%"', p_source_name USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack vault sources';
    END IF;
    PERFORM script_tracking.insert_execution('dbtrack vault set', 'MAINTENANCE', 'COMPLETED', clock_timestamp(), 0, NULL, '{}', NULL, NULL,
        script_tracking.session_metadata() || jsonb_build_object('source', p_source_name, 'follows_erasures', p_follows_erasures), 'vault');
END
$function$;

COMMENT ON FUNCTION script_tracking.set_vault_source(pg_catalog.text, pg_catalog.bool) IS
    'Says whether what a source erases is erased in the vault, too';
