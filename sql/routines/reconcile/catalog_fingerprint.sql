-- Returns the fingerprint of every object as it is now, which dbtrack reconcile keeps and compares. It is read with the
-- owner's rights, whoever the caller is, so that two runs by two administrators see the same.
CREATE OR REPLACE FUNCTION script_tracking.catalog_fingerprint()
RETURNS SETOF script_tracking.catalog_object
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $function$
    WITH object AS MATERIALIZED (
        SELECT r.class_id, r.object_id, '' AS object_name, r.owner_id, r.acl, r.definition, r.attributes,
            r.column_names
        FROM script_tracking.catalog_relations() AS r
        UNION ALL
        SELECT p.class_id, p.object_id, '', p.owner_id, p.acl, p.definition, p.attributes, NULL
        FROM script_tracking.catalog_parts() AS p
        UNION ALL
        SELECT o.class_id, o.object_id, '', o.owner_id, o.acl, o.definition, o.attributes, NULL
        FROM script_tracking.catalog_objects() AS o
        UNION ALL
        SELECT c.class_id, c.object_id, '', c.owner_id, c.acl, c.definition, c.attributes, NULL
        FROM script_tracking.catalog_cluster() AS c
        UNION ALL
        SELECT 0, 0, s.setting_name, NULL, NULL, s.definition, s.attributes, NULL
        FROM script_tracking.catalog_settings() AS s
    )
    SELECT o.class_id, o.object_id, o.object_name,
        coalesce(i.type, CASE o.class_id WHEN 0 THEN 'setting' ELSE 'object' END),
        coalesce(i.identity, nullif(o.object_name, ''), o.class_id || ':' || o.object_id),
        i.schema, o.owner_id, h.definition_hash,
        sha256(convert_to(nullif(o.acl, ''), getdatabaseencoding())), d.depends_on,
        jsonb_strip_nulls(o.attributes || coalesce(l.attributes, '{}') || jsonb_build_object(
            'owner', CASE WHEN o.owner_id IS NOT NULL THEN pg_get_userbyid(o.owner_id) END,
            'definition', left(encode(h.definition_hash, 'hex'), 12))),
        o.column_names
    FROM object AS o
    CROSS JOIN script_tracking.capture_secret AS c
    LEFT JOIN script_tracking.catalog_labels() AS l ON l.class_id = o.class_id AND l.object_id = o.object_id
    LEFT JOIN script_tracking.catalog_dependencies() AS d ON d.class_id = o.class_id AND d.object_id = o.object_id
    CROSS JOIN LATERAL sha256(c.secret || convert_to(
        concat_ws(E'\n', o.definition, l.definition), getdatabaseencoding())) AS h (definition_hash)
    -- An object that was dropped since the query began has no name.
    LEFT JOIN LATERAL pg_identify_object(nullif(o.class_id, 0), o.object_id, 0) AS i ON true
    -- Only their schema shows that functions and types are temporary.
    WHERE i.schema IS NULL OR i.schema !~ '^pg_temp(_[0-9]+)?$'
$function$;

COMMENT ON FUNCTION script_tracking.catalog_fingerprint() IS 'The fingerprint of every object of the database and the server';
