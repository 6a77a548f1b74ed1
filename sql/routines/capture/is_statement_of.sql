-- Returns whether a statement can be the DDL command of a tag: it begins with the words of the tag, apart from what may
-- come between them. For shared objects GRANT, REVOKE, COMMENT and SECURITY LABEL fire no event triggers.
CREATE OR REPLACE FUNCTION script_tracking.is_statement_of(p_statement pg_catalog.text, p_command_tag pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- COLLATE "C": in a Turkish database lower('CREATE INDEX') contains another letter.
    v_head pg_catalog.text COLLATE pg_catalog."C" := lower(left(ltrim(p_statement, E' \n\r\t'), 100) COLLATE pg_catalog."C");
    v_tag pg_catalog.text COLLATE pg_catalog."C" := CASE p_command_tag WHEN 'CREATE TABLE AS' THEN 'create table'
        ELSE lower(p_command_tag COLLATE pg_catalog."C") END;
BEGIN
    -- Most statements begin with the tag itself, or with another word. This is checked without the regular expressions
    -- below, because a backend keeps only the last few of them compiled.
    IF p_command_tag <> 'SELECT INTO' AND left(v_head, 2) NOT IN ('--', '/*') THEN
        IF NOT starts_with(v_head, split_part(v_tag, ' ', 1)) THEN
            RETURN false;
        ELSIF starts_with(v_head, v_tag || ' ') AND p_command_tag NOT IN ('GRANT', 'REVOKE', 'SECURITY LABEL')
            AND (p_command_tag <> 'COMMENT'
                OR split_part(v_head, ' ', 3) IN ('table', 'column', 'function', 'index', 'view', 'schema')) THEN
            RETURN true;
        END IF;
    END IF;
    v_head := script_tracking.statement_head(p_statement);
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
