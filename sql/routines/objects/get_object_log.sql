-- Returns the versions of an object that changed something, the latest first, with each changed part before and after.
CREATE OR REPLACE FUNCTION script_tracking.get_object_log(
    p_object pg_catalog.bytea,
    p_since pg_catalog.timestamptz DEFAULT NULL,
    p_until pg_catalog.timestamptz DEFAULT NULL,
    p_limit pg_catalog.int8 DEFAULT NULL
)
RETURNS TABLE (
    version pg_catalog.int8,
    load_date pg_catalog.timestamptz,
    script_execution_hk pg_catalog.bytea,
    cause pg_catalog.text,
    object_identity pg_catalog.text,
    changes pg_catalog.jsonb
)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH version AS MATERIALIZED (
        SELECT s.load_date, s.version_number, s.script_execution_hk, s.cause::pg_catalog.text AS cause, s.object_identity, s.definition
        FROM script_tracking.object_s AS s
        WHERE s.object_hk = p_object AND s.load_date < coalesce(p_until, 'infinity')
    ), piece AS (
        SELECT v.version_number, p.part, p.kind, p.name, p.body,
            lag(p.body) OVER (PARTITION BY p.part ORDER BY v.load_date, v.version_number) AS before,
            lag(p.body) OVER of_name AS namesake_body,
            lag(p.part) OVER of_name AS namesake
        FROM version AS v
        CROSS JOIN LATERAL script_tracking.object_parts(v.definition) AS p
        WINDOW of_name AS (PARTITION BY p.kind, coalesce(p.name, p.part)
            ORDER BY v.load_date, v.version_number, p.body IS NOT NULL)
    ), compared AS (
        SELECT p.version_number, p.part, p.kind, coalesce(p.name, p.before ->> 'name', p.part) AS name, p.body AS after,
            -- What was made anew under another oid is compared with what it replaced.
            CASE WHEN p.before IS NULL AND p.kind <> 'column' AND p.namesake <> p.part THEN p.namesake_body ELSE p.before END AS before
        FROM piece AS p
    ), difference AS MATERIALIZED (
        SELECT c.* FROM compared AS c
        WHERE c.before IS DISTINCT FROM c.after OR (c.kind = 'object' AND c.after IS NULL)
    ), numbered AS (
        SELECT row_number() OVER (ORDER BY v.load_date, v.version_number) AS version, v.*
        FROM version AS v
        WHERE EXISTS (SELECT FROM difference AS d WHERE d.version_number = v.version_number)
    ), chosen AS MATERIALIZED (
        SELECT n.version, n.load_date, n.version_number, n.script_execution_hk, n.cause, n.object_identity
        FROM numbered AS n
        WHERE n.load_date >= coalesce(p_since, '-infinity')
        ORDER BY n.version DESC
        LIMIT p_limit
    )
    SELECT c.version, c.load_date, c.script_execution_hk, c.cause, c.object_identity, g.changes
    FROM chosen AS c
    JOIN (
        SELECT d.version_number, jsonb_object_agg(d.part, jsonb_build_object('kind', d.kind, 'name', d.name,
            'before', d.before, 'after', d.after, 'old_text', script_tracking.get_part_text(d.kind, d.before),
            'new_text', script_tracking.get_part_text(d.kind, d.after))) AS changes
        FROM difference AS d
        WHERE d.version_number IN (SELECT o.version_number FROM chosen AS o)
        GROUP BY d.version_number) AS g ON g.version_number = c.version_number
    ORDER BY c.version DESC;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_object_log(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.int8) IS
    'The versions of an object that changed something, the latest first, each with the execution that made it and with '
    'every part that it changed, before and after';
