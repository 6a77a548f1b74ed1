-- Returns columns that look as if they contain something of a class: by their name and type (class_rules), and views that read a
-- classified column. What has the class already is left out, and what somebody took the class away from. Who does not see all
-- tenants sees what is in schemas of its tenants.
CREATE OR REPLACE FUNCTION script_tracking.get_class_suggestions(p_class pg_catalog.text DEFAULT NULL)
RETURNS TABLE (
    object_identity pg_catalog.text,
    object_type pg_catalog.text,
    column_name pg_catalog.text,
    column_type pg_catalog.text,
    class_name pg_catalog.text,
    sureness pg_catalog.text,
    why pg_catalog.text,
    rule_name pg_catalog.text
)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH rule AS MATERIALIZED (
        SELECT r.* FROM script_tracking.class_rules() AS r
        WHERE r.class_name = ANY (script_tracking.class_names()) AND (p_class IS NULL OR r.class_name = p_class)
    ), visible AS MATERIALIZED (
        SELECT r.* FROM script_tracking.class_relations() AS r
        WHERE (SELECT script_tracking.sees_all_tenants())
            OR r.schema_name = ANY ((SELECT script_tracking.caller_schemas())::pg_catalog.name[])
    ), class AS MATERIALIZED (
        SELECT g.* FROM script_tracking.get_classes() AS g WHERE NOT g.is_dropped
    ), refused AS MATERIALIZED (
        SELECT n.* FROM (
            SELECT DISTINCT ON (s.object_hk, s.column_number, s.class_name) s.* FROM script_tracking.object_class_s AS s
            ORDER BY s.object_hk, s.column_number, s.class_name, s.load_date DESC) AS n
        WHERE n.is_removed
    ), attribute AS MATERIALIZED (
        SELECT r.relation, r.relation_kind, r.object_bk, r.object_type, r.object_identity, a.attnum, a.attname::pg_catalog.text AS name,
            format_type(a.atttypid, a.atttypmod) AS type_name,
            '_' || btrim(regexp_replace(regexp_replace(replace(replace(replace(replace(lower(
                regexp_replace(a.attname, '([a-z0-9])([A-Z])', '\1_\2', 'g') COLLATE "C"),
                U&'\00E4', 'ae'), U&'\00F6', 'oe'), U&'\00FC', 'ue'), U&'\00DF', 'ss'),
                '[0-9]+(_|$)', '\1', 'g'), '[^a-z0-9]+', '_', 'g'), '_') || '_' AS words,
            CASE WHEN b.typcategory = 'S' OR b.typname IN ('citext', 'bpchar') THEN 'text' WHEN b.typname = 'bytea' THEN 'bytea'
                WHEN b.typcategory = 'N' AND b.typname <> 'oid' THEN 'number' WHEN b.typcategory = 'D' THEN 'date'
                WHEN b.typname IN ('json', 'jsonb', 'hstore', 'xml') THEN 'json' WHEN b.typname IN ('inet', 'cidr', 'macaddr', 'macaddr8')
                THEN 'inet' WHEN b.typname = 'bool' OR b.typcategory = 'B' THEN 'bool' WHEN b.typname = 'uuid' THEN 'uuid'
                ELSE 'other' END AS kind
        FROM visible AS r
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.relation AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
        -- A domain or an array is as what it is made of.
        JOIN pg_catalog.pg_type AS b ON b.oid = coalesce(nullif(CASE WHEN t.typtype = 'd' THEN t.typbasetype
            WHEN t.typcategory = 'A' THEN t.typelem ELSE 0 END, 0), t.oid)
        -- A partition has the class of its parent.
        WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = r.relation)
    ), by_name AS (
        SELECT DISTINCT ON (a.relation, a.attnum) a.*, r.class_name, r.sureness, r.rule_name,
            r.why || CASE WHEN r.language <> 'any' THEN format(' (%s)', r.language) ELSE '' END AS why
        FROM attribute AS a
        JOIN rule AS r ON a.kind = ANY (r.type_kinds) AND a.words ~ r.name_pattern
        WHERE a.relation_kind NOT IN ('v', 'm')
        ORDER BY a.relation, a.attnum, array_position('{high,medium,low}', r.sureness), r.place
    ), by_view AS (
        SELECT DISTINCT ON (v.relation, a.attnum, c.class_name) v.relation, v.relation_kind, v.object_bk, v.object_type,
            v.object_identity, a.attnum, a.name, a.type_name, NULL::pg_catalog.text, NULL::pg_catalog.text, c.class_name,
            CASE WHEN a.attnum IS NULL THEN 'medium' ELSE 'high' END, 'reads_classified',
            format('it reads %s', c.object_identity || coalesce('.' || quote_ident(c.column_name), ''))
        FROM class AS c
        JOIN visible AS s ON s.object_identity = c.object_identity
        JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
            AND d.refobjid = s.relation AND (c.column_number = 0 OR d.refobjsubid = c.column_number)
        JOIN pg_catalog.pg_rewrite AS w ON w.oid = d.objid AND w.ev_class <> s.relation
        JOIN visible AS v ON v.relation = w.ev_class
        -- The column of the same name; else somewhere in the view.
        LEFT JOIN attribute AS a ON a.relation = v.relation AND a.name = c.column_name
        WHERE p_class IS NULL OR c.class_name = p_class
        ORDER BY v.relation, a.attnum, c.class_name
    ), found AS (
        SELECT b.* FROM by_name AS b UNION ALL SELECT * FROM by_view
    )
    SELECT f.object_identity, f.object_type, f.name, f.type_name, f.class_name, f.sureness, f.why, f.rule_name
    FROM found AS f
    WHERE NOT EXISTS (SELECT FROM class AS c WHERE c.object_identity = f.object_identity AND c.class_name = f.class_name
            AND (c.column_number = 0 OR c.column_number = f.attnum))
        AND NOT EXISTS (SELECT FROM refused AS r WHERE r.object_bk = f.object_bk AND r.class_name = f.class_name
            AND r.column_number = coalesce(f.attnum, 0))
    ORDER BY array_position('{high,medium,low}', f.sureness), f.object_identity, f.attnum NULLS FIRST, f.class_name;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_class_suggestions(pg_catalog.text) IS
    'Columns that look as if they contain something of a class (NULL: of any), and views that read a classified one; how sure, and why';
