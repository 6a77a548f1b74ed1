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
-- The planner takes a few rows for each decoded definition, and would compare each with each.
SET enable_nestloop = off
AS $function$
#variable_conflict use_column
DECLARE
    c_began CONSTANT pg_catalog.timestamptz := script_tracking.object_began(p_object, p_until);
BEGIN
    RETURN QUERY
    WITH version AS MATERIALIZED (
        SELECT s.load_date, s.version_number, s.script_execution_hk, s.cause::pg_catalog.text AS cause, s.object_identity, s.definition
        FROM script_tracking.object_s AS s
        WHERE s.object_hk = p_object AND s.load_date < coalesce(p_until, 'infinity') AND s.load_date > c_began
        UNION ALL
        SELECT e.load_date, e.version_number, e.script_execution_hk, e.cause, e.object_identity, e.definition
        FROM script_tracking.earlier_versions(ARRAY[p_object], p_until) AS e
    ), raw AS MATERIALIZED (
        SELECT v.version_number, e.key AS part, e.value, lag(e.value) OVER w AS before, row_number() OVER w AS number,
            row_number() OVER (PARTITION BY e.key ORDER BY v.load_date DESC, v.version_number DESC) AS newest
        FROM version AS v
        CROSS JOIN LATERAL jsonb_each(v.definition) AS e
        WINDOW w AS (PARTITION BY e.key ORDER BY v.load_date, v.version_number)
    ), numbered AS (
        SELECT row_number() OVER (ORDER BY v.load_date, v.version_number) AS version, v.load_date, v.version_number,
            v.script_execution_hk, v.cause, v.object_identity
        FROM version AS v
        WHERE v.version_number IN (SELECT r.version_number FROM raw AS r WHERE r.value IS DISTINCT FROM r.before)
    ), chosen AS MATERIALIZED (
        SELECT n.*
        FROM numbered AS n
        WHERE n.load_date >= coalesce(p_since, '-infinity')
        ORDER BY n.version DESC
        LIMIT p_limit
    ), decoded AS MATERIALIZED (
        -- One call for all: each call costs more than the decoding. Each part with its version, before and after.
        SELECT split_part(p.part, ' @', 1) AS part, split_part(p.part, ' @', 2)::pg_catalog.int8 AS version_number,
            split_part(p.part, ' @', 3) AS side, p.kind, p.name, p.body
        FROM (SELECT jsonb_object_agg(k.key, k.value) AS merged FROM (
            SELECT r.part || ' @' || r.version_number || ' @after' AS key, r.value FROM raw AS r
            WHERE r.number = 1 OR r.newest = 1 OR r.version_number IN (SELECT c.version_number FROM chosen AS c)
            UNION ALL
            SELECT r.part || ' @' || r.version_number || ' @before', r.before FROM raw AS r
            WHERE r.before IS NOT NULL AND r.version_number IN (SELECT c.version_number FROM chosen AS c)) AS k) AS m
        CROSS JOIN LATERAL script_tracking.object_parts(m.merged) AS p
    ), difference AS (
        SELECT a.version_number, a.part, a.kind, coalesce(a.name, b.name, a.part) AS name, a.body AS after,
            -- What was made again under another oid is compared with what it replaced.
            coalesce(b.body, (SELECT o.body FROM decoded AS o
                WHERE r.number = 1 AND a.kind NOT IN ('column', 'object', 'comment') AND o.side = 'after'
                    AND o.kind = a.kind AND o.name = a.name
                    AND o.part <> a.part AND o.version_number <= a.version_number
                    AND NOT EXISTS (SELECT FROM decoded AS d WHERE d.part = o.part AND d.side = 'after' AND d.body IS NULL
                        AND d.version_number <= a.version_number)
                ORDER BY o.version_number DESC
                LIMIT 1)) AS before
        FROM decoded AS a
        JOIN raw AS r ON r.version_number = a.version_number AND r.part = a.part
        LEFT JOIN decoded AS b ON b.version_number = a.version_number AND b.part = a.part AND b.side = 'before'
        WHERE a.side = 'after' AND a.version_number IN (SELECT c.version_number FROM chosen AS c)
    )
    SELECT c.version, c.load_date, c.script_execution_hk, c.cause, c.object_identity, g.changes
    FROM chosen AS c
    JOIN (
        SELECT d.version_number, jsonb_object_agg(d.part, jsonb_build_object('kind', d.kind, 'name', d.name,
            'before', d.before, 'after', d.after, 'old_text', script_tracking.get_part_text(d.kind, d.before),
            'new_text', script_tracking.get_part_text(d.kind, d.after))) AS changes
        FROM difference AS d
        WHERE d.before IS DISTINCT FROM d.after OR (d.kind = 'object' AND d.after IS NULL)
        GROUP BY d.version_number) AS g ON g.version_number = c.version_number
    ORDER BY c.version DESC;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_object_log(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.int8) IS
    'The versions of an object that changed something, the latest first, each with the execution that made it and with '
    'every part that it changed, before and after';
