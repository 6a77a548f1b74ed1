-- Takes nothing more from a source. What arrived stays, with its tenants and findings.
CREATE OR REPLACE FUNCTION script_tracking.remove_vault_source(p_source_name pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    IF EXISTS (SELECT FROM script_tracking.vault_source AS s
            JOIN pg_catalog.pg_subscription AS u ON u.subname = s.subscription_name
            WHERE s.source_name = p_source_name AND s.removed_at IS NULL
                AND u.subdbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())) THEN
        RAISE EXCEPTION 'a subscription still brings the record of "%"', p_source_name
            USING ERRCODE = 'DT006', HINT = 'drop its subscription first';
    END IF;
    UPDATE script_tracking.vault_source AS s SET removed_at = clock_timestamp(), token_hash = NULL, login_name = NULL,
        subscription_name = NULL
    WHERE s.source_name = p_source_name AND s.removed_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no source "%"', p_source_name USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack vault sources';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.remove_vault_source(pg_catalog.text) IS 'Takes nothing more from a source; what arrived stays';
