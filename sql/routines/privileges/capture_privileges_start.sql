-- Runs at the start of GRANT, REVOKE and ALTER DEFAULT PRIVILEGES: keeps the privileges on the objects that the command
-- may be about, for captured_privileges, in a setting that the session cannot forge. PostgreSQL names neither objects
-- nor grantees. Without the command's text, or with too many objects, nothing is kept.
CREATE OR REPLACE FUNCTION script_tracking.capture_privileges_start(
    p_command_tag pg_catalog.text,
    p_context pg_catalog.text
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET quote_all_identifiers = off
SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    v_setting pg_catalog.text :=
        'dbtrack.ddl_privileges' || cardinality(string_to_array(current_setting('dbtrack.ddl_stack', true), ' ')) - 1;
    v_own record;
    v_statement pg_catalog.text;
    v_named record;
    v_noted pg_catalog.text := '';
BEGIN
    IF coalesce(current_setting('dbtrack.ddl_extension', true), '') <> '' AND script_tracking.captured_in_extension() THEN
        RETURN;
    END IF;
    IF strpos(p_context, E'\n') = 0 AND (coalesce(current_setting('dbtrack.ddl_string', true), '') = '' OR NOT starts_with(
        substr(current_setting('dbtrack.ddl_string', true), 65),
        (extract(epoch FROM statement_timestamp()) * 1000000)::pg_catalog.int8 || ':')) THEN
        v_statement := current_query();
    END IF;
    IF v_statement IS NULL OR octet_length(v_statement) > 1000000 OR strpos(rtrim(v_statement, E' \n\r\t;'), ';') > 0 THEN
        v_own := script_tracking.captured_statement(p_command_tag, p_context, NULL, NULL, false);
        v_statement := CASE WHEN v_own.o_is_whole OR octet_length(v_own.o_statement) > 1000000 THEN '' ELSE v_own.o_statement END;
    END IF;
    IF p_command_tag = 'ALTER DEFAULT PRIVILEGES' OR v_statement <> '' THEN
        v_named := script_tracking.grant_names(v_statement);
        SELECT CASE WHEN count(*) <= 2000 THEN jsonb_build_object(
            'kind', CASE p_command_tag WHEN 'ALTER DEFAULT PRIVILEGES' THEN 'default' ELSE v_named.o_kind END,
            'names', coalesce(to_jsonb(v_named.o_names), '[]'), 'numbers', coalesce(to_jsonb(v_named.o_numbers), '[]'),
            'grantees', coalesce(to_jsonb(v_named.o_grantees), '[]'), 'objects',
            coalesce(jsonb_agg(jsonb_build_array(c.class_id, c.object_id, c.column_id, c.place,
            c.acl::pg_catalog.text, c.acl_type, c.owner_id,
            CASE WHEN p_command_tag = 'ALTER DEFAULT PRIVILEGES'
                THEN (pg_identify_object(c.class_id, c.object_id, 0)).identity END)), '[]'))::pg_catalog.text
            ELSE '' END
        INTO v_noted
        FROM script_tracking.grant_candidates(
            CASE p_command_tag WHEN 'ALTER DEFAULT PRIVILEGES' THEN 'default' ELSE v_named.o_kind END,
            v_named.o_names, v_named.o_numbers) AS c;
    END IF;
    v_setting := set_config(v_setting,
        CASE WHEN v_noted <> '' THEN script_tracking.capture_digest('privileges ' || v_noted) || v_noted ELSE '' END, true);
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_privileges_start(pg_catalog.text, pg_catalog.text) IS
    'Keeps the privileges that a GRANT, REVOKE or ALTER DEFAULT PRIVILEGES may change';
