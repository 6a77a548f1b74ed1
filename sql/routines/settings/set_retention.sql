-- Changes a setting retention.tenant.NAME or retention.type.NAME: for how many days the executions of a tenant or of a
-- type are kept. NULL removes it.
CREATE OR REPLACE FUNCTION script_tracking.set_retention(p_setting_name pg_catalog.text, p_value pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_tenant pg_catalog.text := substring(p_setting_name, '^retention\.tenant\.(.+)$');
BEGIN
    IF p_value IS NULL THEN
        DELETE FROM script_tracking.setting AS s WHERE s.setting_name = p_setting_name;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no setting "%"', p_setting_name
                USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack settings';
        END IF;
        RETURN (SELECT s.setting_value FROM script_tracking.setting AS s WHERE s.setting_name = 'retention.days');
    END IF;
    IF p_value !~ '^[0-9]{1,5}$' OR p_value::pg_catalog.int4 NOT BETWEEN 1 AND 36500 THEN
        RAISE EXCEPTION '% cannot be "%"', p_setting_name, p_value
            USING ERRCODE = 'DT006', HINT = 'a whole number from 1 to 36500';
    END IF;
    IF v_tenant IS NOT NULL AND NOT EXISTS (SELECT FROM script_tracking.tenant_h AS h WHERE h.tenant_bk = v_tenant) THEN
        RAISE EXCEPTION 'there is no tenant "%"', v_tenant USING ERRCODE = 'DT003', HINT = 'list them with: dbtrack tenant list';
    END IF;
    IF length(p_setting_name) > 63 THEN
        RAISE EXCEPTION 'the name "%" is longer than 63 characters', p_setting_name
            USING ERRCODE = 'DT006', HINT = 'the name of a tenant may have 46 characters here, that of a type 48';
    END IF;
    INSERT INTO script_tracking.setting AS s
        (setting_name, setting_value, default_value, minimum_value, maximum_value, description, changed_at, changed_by)
    VALUES (p_setting_name, p_value, '', 1, 36500, 'How many days executions of this '
        || CASE WHEN v_tenant IS NULL THEN 'type' ELSE 'tenant' END || ' are kept, where that is longer than the others',
        clock_timestamp(), session_user)
    ON CONFLICT ON CONSTRAINT setting_pkey DO UPDATE
    SET setting_value = excluded.setting_value, changed_at = excluded.changed_at, changed_by = excluded.changed_by;
    RETURN p_value;
END
$function$;

COMMENT ON FUNCTION script_tracking.set_retention(pg_catalog.text, pg_catalog.text) IS
    'Sets for how long the executions of a tenant or of a type are kept; for set_setting';
