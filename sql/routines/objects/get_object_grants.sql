-- Returns the privileges at a moment, of a role, on an object, or both, each with the execution that granted it. Of the many
-- versions of an access control list, the one counts since which the grantee has had the privilege without a break.
CREATE OR REPLACE FUNCTION script_tracking.get_object_grants(
    p_grantee pg_catalog.name DEFAULT NULL,
    p_objects pg_catalog.bytea[] DEFAULT NULL,
    p_moment pg_catalog.timestamptz DEFAULT NULL
)
RETURNS TABLE (
    object_hk pg_catalog.bytea,
    object_type pg_catalog.text,
    object_identity pg_catalog.text,
    column_name pg_catalog.text,
    grantee pg_catalog.text,
    privilege pg_catalog.text,
    is_grantable pg_catalog.bool,
    grantor pg_catalog.text,
    granted_at pg_catalog.timestamptz,
    granted_by pg_catalog.bytea,
    cause pg_catalog.text
)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET plan_cache_mode = force_custom_plan
SET jit = off
-- The planner takes a few rows for each decoded definition, and would compare each with each.
SET enable_nestloop = off
AS $function$
#variable_conflict use_column
DECLARE
    -- In a vault: with a source its objects, to which row security limits the session; otherwise those of the vault itself.
    c_source CONSTANT pg_catalog.text := coalesce(current_setting('dbtrack.source', true), '');
    c_privileges CONSTANT pg_catalog.jsonb := '{"a": "INSERT", "r": "SELECT", "w": "UPDATE", "d": "DELETE", "D": "TRUNCATE",
        "x": "REFERENCES", "t": "TRIGGER", "X": "EXECUTE", "U": "USAGE", "C": "CREATE", "T": "TEMPORARY", "c": "CONNECT",
        "s": "SET", "A": "ALTER SYSTEM", "m": "MAINTAIN"}';
    c_moment CONSTANT pg_catalog.timestamptz := coalesce(p_moment, 'infinity');
    v_objects CONSTANT pg_catalog.bytea[] := coalesce(p_objects, ARRAY(
        SELECT DISTINCT s.object_hk FROM script_tracking.object_s AS s
        WHERE s.grantees @> ARRAY[CASE p_grantee WHEN 'PUBLIC' THEN 'public' ELSE p_grantee END] AND s.load_date <= c_moment
            AND (c_source <> '' OR strpos(s.object_bk, '/') = 0)));
BEGIN
    RETURN QUERY
    WITH version AS MATERIALIZED (
        SELECT s.object_hk, s.load_date, s.version_number, s.script_execution_hk, s.cause::pg_catalog.text AS cause,
            s.object_type, s.object_identity, s.definition
        FROM script_tracking.object_s AS s
        WHERE s.object_hk = ANY (v_objects) AND s.load_date <= c_moment
        UNION ALL
        SELECT e.object_hk, e.load_date, e.version_number, e.script_execution_hk, e.cause, e.object_type, e.object_identity, e.definition
        FROM script_tracking.earlier_versions(v_objects, p_moment) AS e
    ), named AS (
        SELECT DISTINCT ON (v.object_hk) v.object_hk, v.object_type, v.object_identity,
            coalesce(v.definition -> 'object' = 'null', false) AS is_dropped
        FROM version AS v
        ORDER BY v.object_hk, v.load_date DESC, v.version_number DESC
    ), each AS MATERIALIZED (
        SELECT v.object_hk, v.load_date, v.version_number, v.script_execution_hk, v.cause, e.key COLLATE "C" AS part, e.value
        FROM version AS v
        CROSS JOIN LATERAL jsonb_each(v.definition) AS e
        WHERE e.key IN ('relation', 'definition') OR starts_with(e.key, 'column ')
    ), listed AS (
        -- The parts that have or had an access control list: of a column, the eleventh element of the compact form.
        SELECT DISTINCT e.object_hk, e.part FROM each AS e
        WHERE NOT starts_with(e.part, 'column ') OR jsonb_typeof(e.value -> 11) = 'array'
    ), raw AS MATERIALIZED (
        SELECT e.*, row_number() OVER (ORDER BY e.object_hk, e.part, e.load_date, e.version_number) AS place,
            row_number() OVER (PARTITION BY e.object_hk, e.part ORDER BY e.load_date, e.version_number) AS number,
            count(*) OVER (PARTITION BY e.object_hk, e.part) AS versions
        FROM each AS e
        JOIN listed AS l ON l.object_hk = e.object_hk AND l.part = e.part
    ), decoded AS MATERIALIZED (
        -- One call for all: each call costs more than the decoding. An item of a list has an equals sign and a slash.
        SELECT split_part(p.part, ' @', 2)::pg_catalog.int8 AS place, p.kind, p.name, p.body
        FROM (SELECT jsonb_object_agg(r.part || ' @' || r.place, r.value) AS merged FROM raw AS r
            WHERE r.part IN ('relation', 'definition') OR r.value::pg_catalog.text LIKE '%=%/%') AS m
        CROSS JOIN LATERAL script_tracking.object_parts(m.merged) AS p
    ), list AS MATERIALIZED (
        SELECT r.object_hk, r.load_date, r.script_execution_hk, r.cause, r.part, d.kind, d.name, d.body -> 'acl' AS acl,
            d.body ->> 'owner' AS owner, r.number, r.versions
        FROM decoded AS d
        JOIN raw AS r ON r.place = d.place
    ), owner AS (
        SELECT DISTINCT ON (l.object_hk) l.object_hk, l.owner FROM list AS l
        WHERE l.owner IS NOT NULL
        ORDER BY l.object_hk, l.number DESC
    ), held AS (
        SELECT l.object_hk, l.part, l.kind, l.name, l.number, l.versions, l.load_date, l.script_execution_hk, l.cause, a.grantee,
            a.grantor, a.privilege, a.is_grantable,
            l.number - row_number() OVER (
                PARTITION BY l.object_hk, l.part, a.grantee, a.grantor, a.privilege, a.is_grantable ORDER BY l.number) AS run
        FROM list AS l
        CROSS JOIN LATERAL (
            -- Casting an item to aclitem would fail for a role that was dropped since. A quoted name can itself begin or end with a quote.
            SELECT CASE WHEN m.word[1] = '' THEN 'PUBLIC'
                    ELSE replace(regexp_replace(m.word[1], '^"(.*)"$', '\1'), '""', '"') END AS grantee,
                replace(regexp_replace(m.word[3], '^"(.*)"$', '\1'), '""', '"') AS grantor,
                coalesce(c_privileges ->> r.letter[1], r.letter[1]) AS privilege, r.letter[2] = '*' AS is_grantable
            FROM jsonb_array_elements_text(CASE jsonb_typeof(l.acl) WHEN 'array' THEN l.acl ELSE '[]' END) AS i (item)
            CROSS JOIN LATERAL regexp_match(i.item, '^("(?:[^"]|"")*"|[^="]*)=([a-zA-Z*]*)/(.*)$') AS m (word)
            CROSS JOIN LATERAL regexp_matches(m.word[2], '([a-zA-Z])(\*?)', 'g') AS r (letter)) AS a
        WHERE p_grantee IS NULL OR a.grantee = p_grantee
    ), granted AS (
        SELECT h.object_hk, h.part, h.grantee, h.grantor, h.privilege, h.is_grantable, h.run,
            max(h.number) = max(h.versions) AS is_held, (array_agg(h.kind))[1] AS kind,
            (array_agg(h.name ORDER BY h.number DESC))[1] AS name,
            (array_agg(h.load_date ORDER BY h.number))[1] AS load_date,
            (array_agg(h.script_execution_hk ORDER BY h.number))[1] AS script_execution_hk,
            (array_agg(h.cause ORDER BY h.number))[1] AS cause
        FROM held AS h
        GROUP BY h.object_hk, h.part, h.grantee, h.grantor, h.privilege, h.is_grantable, h.run
    )
    SELECT n.object_hk, n.object_type, n.object_identity, CASE g.kind WHEN 'column' THEN g.name END, g.grantee, g.privilege,
        g.is_grantable, g.grantor, g.load_date, g.script_execution_hk, g.cause
    FROM granted AS g
    JOIN named AS n ON n.object_hk = g.object_hk AND NOT n.is_dropped
    LEFT JOIN owner AS o ON o.object_hk = g.object_hk
    WHERE g.is_held AND g.grantee IS DISTINCT FROM o.owner
    ORDER BY n.object_identity, g.kind = 'column', g.name, g.grantee, g.load_date, g.privilege;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_object_grants(pg_catalog.name, pg_catalog.bytea[], pg_catalog.timestamptz) IS
    'The privileges at a moment (NULL: now) of a role (NULL: any; PUBLIC) and on objects (NULL: any), and the execution that '
    'granted each; owners have theirs without a row';
