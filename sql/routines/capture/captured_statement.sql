-- Returns the DDL command's own statement, from the code that ran it or from a string of several. o_is_whole is true if
-- it cannot be determined, and NULL otherwise; o_has_secret is true if the text beside it can contain a secret.
-- p_identities, p_types: what the command reported, if it has ended.
CREATE OR REPLACE FUNCTION script_tracking.captured_statement(
    p_command_tag pg_catalog.text,
    p_context pg_catalog.text,
    p_identities pg_catalog.text[],
    p_types pg_catalog.text[],
    p_is_ending pg_catalog.bool,
    OUT o_statement pg_catalog.text,
    OUT o_is_whole pg_catalog.bool,
    OUT o_has_secret pg_catalog.bool
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_own record;
BEGIN
    IF strpos(p_context, E'\n') > 0 THEN
        v_own := script_tracking.captured_inner_statement(p_command_tag, substr(p_context, strpos(p_context, E'\n') + 1),
            p_identities, p_types, p_is_ending);
    ELSE
        v_own := script_tracking.captured_client_statement(p_command_tag, p_identities, p_types, p_is_ending);
    END IF;
    o_statement := v_own.o_statement;
    o_is_whole := v_own.o_is_whole;
    o_has_secret := v_own.o_has_secret;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_statement(
    pg_catalog.text, pg_catalog.text, pg_catalog.text[], pg_catalog.text[], pg_catalog.bool) IS
    'A DDL command''s own statement, from a string of several or from the code that runs it';
