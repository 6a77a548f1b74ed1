-- Returns an object that a CREATE recorded, with what it is, if it still exists; NULL: it does not, or objects of this
-- kind cannot be looked up by their identity.
CREATE OR REPLACE FUNCTION script_tracking.present_object(p_command pg_catalog.text, p_identity pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_kind pg_catalog.text := lower(regexp_replace(p_command, '^CREATE ', '') COLLATE "C");
    v_relation pg_catalog.oid;
    v_on pg_catalog.text[];
BEGIN
    CASE
        WHEN v_kind IN ('table', 'index', 'view', 'materialized view', 'sequence', 'foreign table', 'table as', 'select into') THEN
            v_relation := to_regclass(p_identity);
            RETURN (
                SELECT p_identity || CASE WHEN NOT x.indisvalid THEN ' (index, invalid)'
                    ELSE format(' (%s)', CASE c.relkind WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' WHEN 'v' THEN 'view'
                        WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table'
                        ELSE 'table' END) END
                FROM pg_class AS c LEFT JOIN pg_index AS x ON x.indexrelid = c.oid WHERE c.oid = v_relation);
        WHEN v_kind IN ('function', 'procedure') THEN
            RETURN (SELECT format('%s (%s)', p_identity, v_kind) WHERE to_regprocedure(p_identity) IS NOT NULL);
        WHEN v_kind IN ('type', 'domain') THEN
            RETURN (SELECT format('%s (%s)', p_identity, v_kind) WHERE to_regtype(p_identity) IS NOT NULL);
        WHEN v_kind = 'schema' THEN
            RETURN (SELECT p_identity || ' (schema)' WHERE to_regnamespace(p_identity) IS NOT NULL);
        WHEN v_kind IN ('trigger', 'policy') THEN
            v_on := regexp_match(p_identity, '^(.+) on (.+)$');
            v_relation := to_regclass(v_on[2]);
            RETURN (SELECT format('%s (%s)', p_identity, v_kind) WHERE EXISTS (
                SELECT FROM pg_trigger AS t WHERE t.tgrelid = v_relation AND quote_ident(t.tgname) = v_on[1] AND v_kind = 'trigger'
                UNION ALL
                SELECT FROM pg_policy AS y WHERE y.polrelid = v_relation AND quote_ident(y.polname) = v_on[1] AND v_kind = 'policy'));
        ELSE
            RETURN NULL;
    END CASE;
EXCEPTION
    -- An identity that does not read as a name, such as one of more than three parts.
    WHEN invalid_name OR syntax_error OR invalid_schema_name OR undefined_object OR feature_not_supported THEN
        RETURN NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.present_object(pg_catalog.text, pg_catalog.text) IS
    'An object that a CREATE recorded, with its kind, if it still exists';
