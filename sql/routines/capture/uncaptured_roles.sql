-- Returns the roles whose DDL is not captured although everything is installed: supautils, which Supabase and others
-- load, skips an event trigger for superusers and reserved roles unless a superuser owns its function. NULL if
-- there are none.
CREATE OR REPLACE FUNCTION script_tracking.uncaptured_roles()
RETURNS pg_catalog.text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT string_agg(DISTINCT r.role_name, ', ' ORDER BY r.role_name)
    FROM (
        SELECT s.rolname::pg_catalog.text AS role_name FROM pg_catalog.pg_roles AS s WHERE s.rolsuper
        UNION ALL SELECT current_setting('supautils.superuser', true)
        -- An asterisk after a name allows some of its settings to be changed.
        UNION ALL SELECT btrim(n.name, ' *"')
        FROM string_to_table(current_setting('supautils.reserved_roles', true), ',') AS n (name)
    ) AS r
    WHERE r.role_name <> ''
        AND coalesce(current_setting('supautils.reserved_roles', true), current_setting('supautils.superuser', true),
            current_setting('supautils.privileged_role', true)) IS NOT NULL
        AND EXISTS (
            SELECT FROM pg_catalog.pg_proc AS p
            JOIN pg_catalog.pg_roles AS o ON o.oid = p.proowner AND NOT o.rolsuper
            WHERE p.oid = to_regprocedure('script_tracking.event_trigger_ddl_end()'))
$function$;

COMMENT ON FUNCTION script_tracking.uncaptured_roles() IS
    'The roles whose DDL is not captured because of supautils; NULL if there are none';
