-- Returns which superuser-like rights somebody gained by an execution: attributes of a role, and memberships in roles that
-- give such rights. It reads what reconcile found, and statements that the server's log has. NULL if there are none.
CREATE OR REPLACE FUNCTION script_tracking.gained_rights(
    p_script_name pg_catalog.text,
    p_statement pg_catalog.text,
    p_metadata pg_catalog.jsonb
)
RETURNS pg_catalog.text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_before CONSTANT pg_catalog.jsonb := CASE WHEN jsonb_typeof(p_metadata -> 'before') = 'object'
        THEN p_metadata -> 'before' ELSE '{}' END;
    v_after CONSTANT pg_catalog.jsonb := CASE WHEN jsonb_typeof(p_metadata -> 'after') = 'object'
        THEN p_metadata -> 'after' ELSE '{}' END;
    v_rights pg_catalog.text[];
    v_roles pg_catalog.text[];
    v_words pg_catalog.text;
BEGIN
    IF p_script_name LIKE 'role %' AND p_metadata ? 'change' THEN
        v_rights := ARRAY(SELECT r.name FROM (VALUES ('superuser', 'SUPERUSER'), ('create role', 'CREATEROLE'),
                ('replication', 'REPLICATION'), ('bypass row security', 'BYPASSRLS')) AS r (key, name)
            WHERE v_after -> r.key = 'true' AND v_before -> r.key IS DISTINCT FROM 'true');
        v_roles := ARRAY(SELECT substr(k.key, 11) FROM jsonb_object_keys(v_after) AS k (key)
            WHERE starts_with(k.key, 'member of ') AND NOT v_before ? k.key);
    ELSIF p_script_name ~ '^(CREATE|ALTER) (ROLE|USER|GROUP)$' THEN
        -- Behind the name of the role, and without what is in quotation marks.
        v_words := upper(regexp_replace(regexp_replace(p_statement, '"(""|[^"])*"|''(''''|[^''])*''', ' x ', 'g'),
            '^\s*\w+\s+\w+\s+\S+', '') COLLATE "C");
        v_rights := ARRAY(SELECT w.name FROM unnest('{SUPERUSER,CREATEROLE,REPLICATION,BYPASSRLS}'::pg_catalog.text[]) AS w (name)
            WHERE v_words ~ ('\m' || w.name || '\M'));
    ELSIF p_script_name ~ '^GRANT' AND jsonb_typeof(p_metadata -> 'privileges') = 'array' THEN
        v_roles := ARRAY(SELECT DISTINCT e.value ->> 'object' FROM jsonb_array_elements(p_metadata -> 'privileges') AS e
            WHERE e.value ->> 'object_type' = 'role');
    END IF;
    IF cardinality(v_roles) > 0 THEN
        v_rights := coalesce(v_rights, '{}') || ARRAY(
            SELECT 'member of ' || r.role_name
            FROM (SELECT DISTINCT btrim(u.name, '"') AS role_name FROM unnest(v_roles) AS u (name)) AS r
            WHERE r.role_name IN ('pg_write_server_files', 'pg_execute_server_program', 'pg_read_server_files',
                    'pg_write_all_data', 'pg_read_all_data', 'pg_create_subscription', 'rds_superuser',
                    'cloudsqlsuperuser', 'azure_pg_admin')
                OR EXISTS (SELECT FROM script_tracking.installation AS i
                    WHERE i.property_name IN ('role.owner', 'role.admin') AND i.property_value = r.role_name)
                OR EXISTS (SELECT FROM pg_catalog.pg_roles AS p WHERE p.rolname = r.role_name
                    AND (p.rolsuper OR p.rolcreaterole OR p.rolreplication OR p.rolbypassrls))
            ORDER BY 1);
    END IF;
    RETURN nullif(v_rights, '{}');
END
$function$;

COMMENT ON FUNCTION script_tracking.gained_rights(pg_catalog.text, pg_catalog.text, pg_catalog.jsonb) IS
    'Which superuser-like rights somebody gained by an execution; NULL: none';
