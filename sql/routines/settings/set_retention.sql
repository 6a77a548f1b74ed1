-- Changes a setting that is about one tenant, one type or one class: retention.tenant.NAME, retention.type.NAME, the same after
-- retention.least and retention.most, retention.least.class.NAME, retention.most.class.NAME, and evidence.in_force.NAME. NULL removes it.
CREATE OR REPLACE FUNCTION script_tracking.set_retention(p_setting_name pg_catalog.text, p_value pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_tenant pg_catalog.text := substring(p_setting_name, '^(?:retention\.(?:least\.|most\.)?tenant|evidence\.in_force)\.(.+)$');
    v_class pg_catalog.text := substring(p_setting_name, '^retention\.(?:least|most)\.class\.(.+)$');
    v_is_number pg_catalog.bool := starts_with(p_setting_name, 'retention.');
    v_room pg_catalog.int4 := 63 - length(substring(p_setting_name, '^retention\.(?:least\.|most\.)?'));
    v_whose pg_catalog.text := CASE WHEN v_tenant IS NOT NULL THEN 'tenant' WHEN v_class IS NOT NULL THEN 'class' ELSE 'type' END;
BEGIN
    IF p_value IS NULL THEN
        DELETE FROM script_tracking.setting AS s WHERE s.setting_name = p_setting_name;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no setting "%"', p_setting_name
                USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack settings';
        END IF;
        RETURN script_tracking.current_setting_value(CASE WHEN v_is_number THEN 'retention.days' ELSE 'evidence.in_force' END);
    END IF;
    IF NOT v_is_number THEN
        PERFORM script_tracking.check_evidence_setting('evidence.in_force', p_value);
    ELSIF p_value !~ '^[0-9]{1,5}$' OR p_value::pg_catalog.int4 NOT BETWEEN 1 AND 36500 THEN
        RAISE EXCEPTION '% cannot be "%"', p_setting_name, p_value
            USING ERRCODE = 'DT006', HINT = 'a whole number from 1 to 36500';
    END IF;
    IF v_tenant IS NOT NULL AND NOT EXISTS (SELECT FROM script_tracking.tenant_h AS h WHERE h.tenant_bk = v_tenant) THEN
        RAISE EXCEPTION 'there is no tenant "%"', v_tenant USING ERRCODE = 'DT003', HINT = 'list them with: dbtrack tenant list';
    END IF;
    -- A name that was taken out of classes.names remains where it was given.
    IF v_class <> ALL (script_tracking.class_names())
        AND NOT EXISTS (SELECT FROM script_tracking.object_class_s AS s WHERE s.class_name = v_class) THEN
        RAISE EXCEPTION 'there is no class "%"', v_class
            USING ERRCODE = 'DT006', HINT = format('one of %s; the setting classes.names has them',
                array_to_string(script_tracking.class_names(), ', '));
    END IF;
    IF length(p_setting_name) > 63 THEN
        RAISE EXCEPTION 'the name "%" is longer than 63 characters', p_setting_name
            USING ERRCODE = 'DT006', HINT = CASE WHEN v_is_number
                THEN format('the name of a tenant may have %s characters here, that of a type %s, that of a class %s',
                    v_room - 7, v_room - 5, v_room - 6)
                ELSE 'the name of a tenant may have 45 characters here' END;
    END IF;
    INSERT INTO script_tracking.setting AS s
        (setting_name, setting_value, default_value, minimum_value, maximum_value, description, changed_at, changed_by)
    VALUES (p_setting_name, p_value, '', CASE WHEN v_is_number THEN 1 END, CASE WHEN v_is_number THEN 36500 END, CASE
            WHEN NOT v_is_number THEN 'The frameworks that apply to this tenant, beside those of evidence.in_force'
            WHEN p_setting_name ~ '^retention\.least' THEN 'How many days executions of this ' || v_whose || ' must be kept at least'
            WHEN p_setting_name ~ '^retention\.most' THEN 'After how many days cleanup removes executions of this ' || v_whose
                || ' at the latest'
            ELSE 'How many days executions of this ' || v_whose || ' are kept, where that is longer than the others' END,
        clock_timestamp(), session_user)
    ON CONFLICT ON CONSTRAINT setting_pkey DO UPDATE
    SET setting_value = excluded.setting_value, changed_at = excluded.changed_at, changed_by = excluded.changed_by;
    RETURN p_value;
END
$function$;

COMMENT ON FUNCTION script_tracking.set_retention(pg_catalog.text, pg_catalog.text) IS
    'Changes a setting that is about one tenant, one type or one class; for set_setting';
