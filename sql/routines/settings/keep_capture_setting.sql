-- Updates the one row that capture reads after a change of settings or tenants.
CREATE OR REPLACE FUNCTION script_tracking.keep_capture_setting()
RETURNS pg_catalog.trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    INSERT INTO script_tracking.capture_setting AS s
        (is_enabled, with_temporary, most_objects, statement_characters, redaction, has_tenants, ignored_schemas,
         ignored_roles, guarded_commands, with_history, most_described)
    SELECT coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.enabled'), 'on') = 'on',
        coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.temporary_objects'), 'off') = 'on',
        coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.objects'), '1000')::pg_catalog.int4,
        coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.statement_characters'), '100000')
            ::pg_catalog.int4,
        coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'redaction.mode'), 'secrets'),
        EXISTS (SELECT FROM script_tracking.tenant_h),
        script_tracking.setting_names(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.ignore_schemas')),
        script_tracking.setting_names(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.ignore_roles')),
        coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.guarded_commands'), '1000')::pg_catalog.int4,
        coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.object_history'), 'on') = 'on',
        coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.described_objects'), '1000')::pg_catalog.int4
    FROM script_tracking.setting AS t
    ON CONFLICT ON CONSTRAINT capture_setting_pkey DO UPDATE
    SET is_enabled = excluded.is_enabled, with_temporary = excluded.with_temporary,
        most_objects = excluded.most_objects, statement_characters = excluded.statement_characters,
        redaction = excluded.redaction, has_tenants = excluded.has_tenants,
        ignored_schemas = excluded.ignored_schemas, ignored_roles = excluded.ignored_roles,
        guarded_commands = excluded.guarded_commands, with_history = excluded.with_history,
        most_described = excluded.most_described
    -- One more tenant changes nothing here: a write would wait for another transaction that adds one.
    WHERE (s.is_enabled, s.with_temporary, s.most_objects, s.statement_characters, s.redaction, s.has_tenants,
            s.ignored_schemas, s.ignored_roles, s.guarded_commands, s.with_history, s.most_described)
        IS DISTINCT FROM (excluded.is_enabled, excluded.with_temporary, excluded.most_objects,
            excluded.statement_characters, excluded.redaction, excluded.has_tenants,
            excluded.ignored_schemas, excluded.ignored_roles, excluded.guarded_commands, excluded.with_history,
            excluded.most_described);
    RETURN NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.keep_capture_setting() IS 'Updates the row that capture reads after a change of settings or tenants';
