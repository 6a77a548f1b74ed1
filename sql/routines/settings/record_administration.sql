-- Records a change of settings, tenants, grants and keys: an execution, and a row that says what is valid from now on,
-- in the transaction of the change. It is a trigger, so that it sees a direct UPDATE as well as the functions that
-- administrators call.
CREATE OR REPLACE FUNCTION script_tracking.record_administration()
RETURNS pg_catalog.trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
-- An administrator's own value could be so short that the record is lost.
SET lock_timeout = '10s'
AS $function$
DECLARE
    v_old pg_catalog.jsonb;
    v_new pg_catalog.jsonb;
    v_execution_hk pg_catalog.bytea;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        -- Row by row, so that this function sees each of them.
        EXECUTE format('DELETE FROM script_tracking.%I', TG_TABLE_NAME);
        RETURN NULL;
    END IF;
    v_old := script_tracking.administration_value(TG_TABLE_NAME, to_jsonb(OLD));
    v_new := script_tracking.administration_value(TG_TABLE_NAME, to_jsonb(NEW));
    IF TG_TABLE_NAME = 'tenant_s' AND TG_OP = 'INSERT' THEN
        v_old := (SELECT script_tracking.administration_value('tenant_s', to_jsonb(s)) FROM script_tracking.tenant_s AS s
            WHERE s.tenant_hk = NEW.tenant_hk AND s.load_end_date = NEW.load_date);
    END IF;
    -- An erasure renames a token that was named after a person, and erases logins and reasons. The record of that change would name
    -- the person again.
    IF TG_OP = 'UPDATE' THEN
        v_old := (SELECT jsonb_object_agg(o.key, CASE
                WHEN v_new -> o.key IN ('"[erased]"', to_jsonb('erased-' || (to_jsonb(NEW) ->> 'token_id'))) THEN v_new -> o.key
                ELSE o.value END)
            FROM jsonb_each(v_old) AS o);
    END IF;
    IF v_old IS NOT DISTINCT FROM v_new THEN
        RETURN NULL;
    END IF;
    -- Rows of an installation, settings at their defaults and properties of the installation are nobody's decision.
    IF (TG_OP <> 'INSERT' OR CASE TG_TABLE_NAME
        WHEN 'setting' THEN to_jsonb(NEW) -> 'setting_value' <> to_jsonb(NEW) -> 'default_value'
        WHEN 'installation' THEN to_jsonb(NEW) ->> 'property_name' = 'tenant.source'
        ELSE true END) THEN
        v_execution_hk := script_tracking.record_change(
            script_tracking.administration_name(TG_TABLE_NAME, v_old, v_new), v_old, v_new);
    END IF;
    PERFORM script_tracking.keep_effectivity(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW), v_execution_hk);
    RETURN NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_administration() IS
    'Records a change of settings, tenants, grants and keys, in its transaction';
