-- Returns what the record says an object looks like, in the compact form of object_s: the newest version of each part. A part counts
-- if it is the newest of its oid and of its name, because PostgreSQL tells nobody of constraints and indexes that it creates again.
-- NULL: the record does not know the object; an empty object: it was dropped.
CREATE OR REPLACE FUNCTION script_tracking.folded_definition(p_object_hk pg_catalog.bytea)
RETURNS pg_catalog.jsonb
-- PL/pgSQL keeps its plan; before PostgreSQL 18 a function in SQL is planned at each call.
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
BEGIN
    RETURN (
        WITH part AS (
            SELECT e.key, e.value, jsonb_typeof(e.value) IN ('null', 'string') AS is_dropped,
                row_number() OVER (ORDER BY s.load_date, s.version_number) AS place
            FROM script_tracking.object_s AS s
            CROSS JOIN LATERAL jsonb_each(s.definition) AS e
            WHERE s.object_hk = p_object_hk
        ), ranked AS (
            SELECT p.key, p.value, p.is_dropped, p.place,
                row_number() OVER (PARTITION BY p.key ORDER BY p.place DESC) AS rank_of_part,
                row_number() OVER (PARTITION BY split_part(p.key, ' ', 1), CASE
                        WHEN p.key LIKE 'column %' OR p.key LIKE 'comment %' OR strpos(p.key, ' ') = 0 THEN p.key
                        WHEN jsonb_typeof(p.value) = 'array' THEN p.value ->> 1
                        ELSE coalesce(p.value #>> '{}', p.key) END
                    ORDER BY p.place DESC, p.is_dropped) AS rank_of_name,
                max(p.place) FILTER (WHERE p.key = 'object') OVER () AS dropped_at
            FROM part AS p
        ), alive AS (
            SELECT r.key, r.value FROM ranked AS r
            WHERE r.rank_of_part = 1 AND r.rank_of_name = 1 AND NOT r.is_dropped AND r.place > coalesce(r.dropped_at, 0)
        )
        SELECT CASE WHEN EXISTS (SELECT FROM part) THEN coalesce(jsonb_object_agg(a.key, a.value), '{}') END
        FROM alive AS a
        -- A comment goes with its part.
        WHERE NOT starts_with(a.key, 'comment ') OR EXISTS (SELECT FROM alive AS o WHERE o.key = substr(a.key, 9)));
END
$function$;

COMMENT ON FUNCTION script_tracking.folded_definition(pg_catalog.bytea) IS
    'What the record says an object looks like now, in the compact form of object_s';
