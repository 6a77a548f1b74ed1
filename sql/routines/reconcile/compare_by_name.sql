-- Fills catalog_difference after a server was upgraded or replaced while capture was suspended: oids and the catalogs' own columns
-- then differ, so objects are found by their names, and of each only what a person can read is compared: owner, columns, privileges,
-- options. Bodies of functions and views are not. Left out is what comes with the server, and what doctor compares.
CREATE OR REPLACE FUNCTION script_tracking.compare_by_name()
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH side AS MATERIALIZED (
        SELECT o AS object, true AS is_old FROM script_tracking.catalog_object AS o
        UNION ALL
        SELECT n, false FROM script_tracking.catalog_fingerprint() AS n
    ), readable AS MATERIALIZED (
        SELECT s.is_old, s.object, (s.object).object_type,
            -- Some versions write pg_catalog.json where others write json.
            replace((s.object).object_identity, 'pg_catalog.', '') AS identity,
            (SELECT jsonb_object_agg(a.key, CASE
                    -- The hash of an expression depends on oids.
                    WHEN starts_with(a.key, 'column ')
                        THEN to_jsonb(regexp_replace(a.value #>> '{}', ' default [0-9a-f]{8}$', ' default'))
                    -- An owner has what the version knows; 17 added MAINTAIN to what ALL means.
                    WHEN a.key = 'acl' THEN (
                        SELECT to_jsonb(array_agg(regexp_replace(i.item, 'm[*]?(?=[a-zA-Z*]*/[^/]*$)', '') ORDER BY i.item))
                        FROM unnest((a.value #>> '{}')::pg_catalog.text[]) AS i (item)
                        WHERE NOT starts_with(i.item, ((s.object).attributes ->> 'owner') || '='))
                    ELSE a.value END)
                FROM jsonb_each((s.object).attributes) AS a WHERE a.key <> 'definition') AS attributes
        FROM side AS s
        WHERE (s.object).object_type NOT IN ('setting', 'object')
            AND coalesce((s.object).schema_name, '') !~ '^(pg_.*|information_schema|script_tracking|dbtrack_mart)$'
            AND (s.object).object_identity !~ '^(pg_catalog|pg_toast|information_schema|script_tracking|dbtrack_mart)$'
            AND NOT ((s.object).object_type = 'role' AND starts_with((s.object).object_identity, 'pg_'))
            AND NOT ((s.object).object_type = 'database' AND (s.object).object_identity IN ('template0', 'template1', 'postgres'))
    )
    INSERT INTO script_tracking.catalog_difference
        (old_object, new_object, object_type, object_identity, change, before, after)
    SELECT o.object, n.object, coalesce(n.object_type, o.object_type),
        coalesce((n.object).object_identity, (o.object).object_identity),
        CASE WHEN o.identity IS NULL THEN 'created' WHEN n.identity IS NULL THEN 'dropped' ELSE 'changed' END,
        CASE WHEN o.identity IS NULL THEN '{}' WHEN n.identity IS NULL THEN (o.object).attributes
            ELSE script_tracking.jsonb_difference(o.attributes, n.attributes) END,
        CASE WHEN n.identity IS NULL THEN '{}' WHEN o.identity IS NULL THEN (n.object).attributes
            ELSE script_tracking.jsonb_difference(n.attributes, o.attributes) END
    FROM (SELECT r.* FROM readable AS r WHERE r.is_old) AS o
    FULL JOIN (SELECT r.* FROM readable AS r WHERE NOT r.is_old) AS n
        ON n.object_type = o.object_type AND n.identity = o.identity
    WHERE jsonb_strip_nulls(o.attributes) IS DISTINCT FROM jsonb_strip_nulls(n.attributes)
$function$;

COMMENT ON FUNCTION script_tracking.compare_by_name() IS
    'Finds what differs from the last snapshot by names, after the server was upgraded while capture was suspended';
