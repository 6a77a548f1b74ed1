-- Returns the comment on a relation or one of its parts as relation_comments does; null: it has none.
CREATE OR REPLACE FUNCTION script_tracking.relation_comment(
    p_relation pg_catalog.oid,
    p_catalog pg_catalog.oid,
    p_object pg_catalog.oid,
    p_column pg_catalog.int4
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_part pg_catalog.text;
    v_name pg_catalog.name;
    v_comment pg_catalog.text;
BEGIN
    IF p_catalog = 1259 THEN
        IF p_column > 0 THEN
            v_part := 'column ' || p_column;
            v_name := (SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = p_object AND a.attnum = p_column);
        ELSE
            v_part := CASE WHEN p_object = p_relation THEN 'relation' ELSE 'index ' || p_object END;
            v_name := (SELECT c.relname FROM pg_class AS c WHERE c.oid = p_object);
        END IF;
    ELSIF p_catalog = 2606 THEN
        v_part := 'constraint ' || p_object;
        v_name := (SELECT o.conname FROM pg_constraint AS o WHERE o.oid = p_object);
    ELSIF p_catalog = 2620 THEN
        v_part := 'trigger ' || p_object;
        v_name := (SELECT t.tgname FROM pg_trigger AS t WHERE t.oid = p_object);
    ELSIF p_catalog = 3256 THEN
        v_part := 'policy ' || p_object;
        v_name := (SELECT p.polname FROM pg_policy AS p WHERE p.oid = p_object);
    ELSE
        v_part := 'rule ' || p_object;
        v_name := (SELECT r.rulename FROM pg_rewrite AS r WHERE r.oid = p_object);
    END IF;
    v_comment := (SELECT b.description FROM pg_description AS b
        WHERE b.objoid = p_object AND b.classoid = p_catalog AND b.objsubid = p_column);
    RETURN jsonb_build_object('comment ' || v_part, CASE WHEN v_comment IS NULL THEN 'null'::pg_catalog.jsonb
        ELSE jsonb_build_array(1, v_name, v_comment) END);
END
$function$;

COMMENT ON FUNCTION script_tracking.relation_comment(pg_catalog.oid, pg_catalog.oid, pg_catalog.oid, pg_catalog.int4) IS
    'The comment on a relation or one of its parts, as a part of its definition';
