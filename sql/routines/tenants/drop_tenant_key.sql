-- Ends a key in all its versions, from the end of this transaction on.
CREATE OR REPLACE FUNCTION script_tracking.drop_tenant_key(key_name pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    DELETE FROM script_tracking.tenant_key AS k WHERE k.key_name = drop_tenant_key.key_name;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no key "%"', key_name
            USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack tenant key list';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.drop_tenant_key(pg_catalog.text) IS 'Ends a key in all its versions, at once';
