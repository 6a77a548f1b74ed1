-- Changes a setting; NULL resets it to its default.
CREATE OR REPLACE FUNCTION script_tracking.set_setting(setting_name pg_catalog.text, setting_value pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_setting script_tracking.setting;
    v_value pg_catalog.text;
BEGIN
    IF setting_name ~ '^(retention\.((least\.|most\.)?(tenant|type)|(least|most)\.class)|evidence\.in_force)\..' THEN
        RETURN script_tracking.set_retention(setting_name, setting_value);
    END IF;
    SELECT s.* INTO v_setting FROM script_tracking.setting AS s WHERE s.setting_name = set_setting.setting_name;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no setting "%"', setting_name
            USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack settings';
    END IF;
    v_value := coalesce(setting_value, v_setting.default_value);
    IF starts_with(setting_name, 'evidence.') OR setting_name IN ('classes.names', 'classes.review_every', 'rollups.zone') THEN
        PERFORM script_tracking.check_evidence_setting(setting_name, v_value);
    END IF;
    IF setting_name = 'classes.names' THEN
        -- As classify_object writes a class.
        v_value := lower(v_value COLLATE "C");
    END IF;
    IF v_setting.allowed_values IS NOT NULL AND v_value <> ALL (v_setting.allowed_values) THEN
        RAISE EXCEPTION '% cannot be "%"', setting_name, v_value
            USING ERRCODE = 'DT006', HINT = 'one of: ' || array_to_string(v_setting.allowed_values, ', ');
    END IF;
    IF v_setting.allowed_values IS NULL AND v_setting.minimum_value IS NULL THEN
        v_value := array_to_string(script_tracking.setting_names(v_value), ', ');
        IF v_value ~ '(^|, )(script_tracking|information_schema|pg_[^,]*)(,|$)' THEN
            RAISE EXCEPTION '% cannot be "%"', setting_name, v_value
                USING ERRCODE = 'DT006', HINT = 'names, separated by commas; none of PostgreSQL''s and not script_tracking';
        END IF;
    ELSIF v_setting.allowed_values IS NULL AND (v_value !~ '^[0-9]{1,9}$' OR NOT coalesce(
        v_value::pg_catalog.int8 BETWEEN v_setting.minimum_value AND v_setting.maximum_value, true)) THEN
        RAISE EXCEPTION '% cannot be "%"', setting_name, v_value
            USING ERRCODE = 'DT006',
                HINT = format('a whole number from %s to %s', v_setting.minimum_value, v_setting.maximum_value);
    END IF;
    UPDATE script_tracking.setting AS s
    SET setting_value = v_value, changed_at = clock_timestamp(), changed_by = session_user
    WHERE s.setting_name = set_setting.setting_name;
    RETURN v_value;
END
$function$;

COMMENT ON FUNCTION script_tracking.set_setting(pg_catalog.text, pg_catalog.text) IS
    'Changes a setting; NULL resets it to its default. Returns the value now in force';
