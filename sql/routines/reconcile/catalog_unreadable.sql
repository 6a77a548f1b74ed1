-- Returns what is missing in the snapshot because of the owner's rights; each is reported once a run, with the
-- statement that fixes it.
CREATE OR REPLACE FUNCTION script_tracking.catalog_unreadable()
RETURNS pg_catalog._text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_unreadable pg_catalog.text[] := '{}';
BEGIN
    IF NOT pg_has_role(current_user, 'pg_read_all_settings', 'USAGE') THEN
        v_unreadable := v_unreadable || 'all settings'::pg_catalog.text;
        RAISE WARNING 'settings that only superusers see are left out: GRANT pg_read_all_settings TO %',
            quote_ident(current_user);
    END IF;
    RETURN v_unreadable;
END
$function$;

COMMENT ON FUNCTION script_tracking.catalog_unreadable() IS
    'What the rights of dbtrack''s owner leave out of a snapshot';
