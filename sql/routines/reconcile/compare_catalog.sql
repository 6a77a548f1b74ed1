-- Fills catalog_difference with the differences from the snapshot, and says what happened to each object.
CREATE OR REPLACE FUNCTION script_tracking.compare_catalog(p_settings_are_comparable pg_catalog.bool)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    INSERT INTO script_tracking.catalog_difference
        (old_object, new_object, object_type, object_identity, change, before, after)
    SELECT o, n, coalesce(n.object_type, o.object_type), coalesce(n.object_identity, o.object_identity),
        CASE WHEN o.class_id IS NULL THEN 'created' WHEN n.class_id IS NULL THEN 'dropped'
            WHEN o.definition_hash <> n.definition_hash OR o.owner_id IS DISTINCT FROM n.owner_id
                OR o.acl_hash IS DISTINCT FROM n.acl_hash THEN 'changed' END,
        -- If one side is empty, everything of the other differs.
        CASE WHEN o.class_id IS NULL THEN '{}' WHEN n.class_id IS NULL THEN o.attributes END,
        CASE WHEN o.class_id IS NULL THEN n.attributes WHEN n.class_id IS NULL THEN '{}' END
    FROM script_tracking.catalog_object AS o
    FULL JOIN script_tracking.catalog_fingerprint() AS n
        ON n.class_id = o.class_id AND n.object_id = o.object_id AND n.object_name = o.object_name
    WHERE o IS DISTINCT FROM n;

    -- Dropped and created again under its name: one change. An index that REINDEX CONCURRENTLY rebuilt is not a change.
    WITH again AS (
        SELECT n.difference_id AS new_id, o.difference_id AS old_id, o.old_object,
            o.object_type = 'index' AND (o.old_object).definition_hash = (n.new_object).definition_hash AS is_rebuilt
        FROM script_tracking.catalog_difference AS n
        JOIN script_tracking.catalog_difference AS o ON o.change = 'dropped' AND o.object_type = n.object_type
            AND o.object_identity = n.object_identity
        WHERE n.change = 'created'
    ), old AS (
        UPDATE script_tracking.catalog_difference AS d SET change = NULL
        FROM again AS a WHERE d.difference_id = a.old_id
    )
    UPDATE script_tracking.catalog_difference AS d
    SET change = CASE WHEN NOT a.is_rebuilt THEN 'recreated' END,
        before = (a.old_object).attributes || jsonb_build_object('oid', (a.old_object).object_id)
    FROM again AS a WHERE d.difference_id = a.new_id;

    -- A setting that the session overrides shows nothing. Nor do settings if one of the two runs saw fewer of them.
    UPDATE script_tracking.catalog_difference AS d SET change = NULL
    WHERE d.object_type = 'setting' AND (NOT p_settings_are_comparable OR (d.old_object).attributes ? 'overridden'
        OR (d.new_object).attributes ? 'overridden');
    UPDATE script_tracking.catalog_difference AS d SET change = 'changed'
    WHERE d.object_type = 'setting' AND d.change IS NOT NULL;

    UPDATE script_tracking.catalog_difference AS d
    SET before = script_tracking.jsonb_difference(v.before, v.after),
        after = script_tracking.jsonb_difference(v.after, v.before)
    FROM (
        SELECT e.difference_id, coalesce(e.before, (e.old_object).attributes, '{}') || CASE WHEN (e.old_object).object_identity
                <> (e.new_object).object_identity THEN jsonb_build_object('name', (e.old_object).object_identity) ELSE '{}' END
                AS before,
            coalesce((e.new_object).attributes, '{}') || CASE WHEN (e.old_object).object_identity
                <> (e.new_object).object_identity THEN jsonb_build_object('name', (e.new_object).object_identity)
                WHEN e.change = 'recreated' THEN jsonb_build_object('oid', (e.new_object).object_id) ELSE '{}' END AS after
        FROM script_tracking.catalog_difference AS e
        WHERE e.change NOT IN ('created', 'dropped')) AS v
    WHERE v.difference_id = d.difference_id;

    -- When a temporary object is removed, no event trigger fires for what is removed with it. So an earlier command on
    -- an object does not explain that the object, or a column of it, is gone. A snapshot of an earlier version does not
    -- show this.
    IF EXISTS (SELECT FROM script_tracking.catalog_object AS o WHERE o.column_names IS NOT NULL) THEN
        UPDATE script_tracking.catalog_difference AS d
        SET must_be_dropped = script_tracking.must_be_dropped(d.change, coalesce(d.old_object, (
                SELECT o FROM script_tracking.catalog_object AS o
                WHERE o.object_type = d.object_type AND o.object_identity = d.object_identity LIMIT 1))),
            lost_columns = CASE WHEN d.change = 'changed' THEN ARRAY(
                SELECT c.value FROM jsonb_each_text((d.old_object).column_names) AS c
                WHERE NOT (d.new_object).column_names ? c.key AND c.key !~ ' default$') END,
            lost_defaults = CASE WHEN d.change = 'changed' THEN ARRAY(
                SELECT c.value FROM jsonb_each_text((d.old_object).column_names) AS c
                WHERE NOT (d.new_object).column_names ? c.key AND c.key ~ ' default$'
                    AND (d.new_object).column_names ? split_part(c.key, ' ', 1)) END
        WHERE d.change IN ('dropped', 'recreated') OR (d.change = 'changed'
            AND (d.old_object).column_names IS DISTINCT FROM (d.new_object).column_names);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.compare_catalog(pg_catalog.bool) IS
    'Finds what differs from the last snapshot of the catalogs, for dbtrack reconcile';
