-- Whether a statement can be the DDL of a command tag: it begins with the words of the tag, but for what may stand
-- between them. On shared objects GRANT, REVOKE, COMMENT and SECURITY LABEL fire no event triggers.
CREATE OR REPLACE FUNCTION script_tracking.is_statement_of(p_statement pg_catalog.text, p_command_tag pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_head pg_catalog.text := script_tracking.statement_head(p_statement);
    v_tag pg_catalog.text := CASE p_command_tag WHEN 'CREATE TABLE AS' THEN 'create table' ELSE lower(p_command_tag) END;
BEGIN
    RETURN CASE
        WHEN p_command_tag = 'SELECT INTO' THEN v_head ~ '^[( ]*(select|with)[[:>:]].* into '
        WHEN p_command_tag IN ('GRANT', 'REVOKE') THEN
            v_head ~ ('^' || v_tag || ' .*[[:<:]]on ') AND v_head !~ '[[:<:]]on (database|tablespace|parameter) '
        WHEN p_command_tag IN ('COMMENT', 'SECURITY LABEL') THEN
            v_head ~ ('^' || v_tag || '[[:>:]]') AND v_head !~ ' on (database|tablespace|role|event trigger) '
        ELSE v_head ~ ('^' || split_part(v_tag, ' ', 1) || '( (or|replace|global|local|temp|temporary|unlogged|unique'
            '|constraint|recursive|trusted|procedural|default))*' || substr(v_tag, length(split_part(v_tag, ' ', 1)) + 1)
            || '[[:>:]]')
    END;
END
$function$;

COMMENT ON FUNCTION script_tracking.is_statement_of(pg_catalog.text, pg_catalog.text) IS
    'Whether a statement can be the DDL of a command tag';
