WITH given AS (
    SELECT %(as_of)s::pg_catalog.timestamptz AS moment
), held AS MATERIALIZED (
    SELECT h.*
    FROM given AS g
    CROSS JOIN LATERAL script_tracking.get_object_grants(%(to)s::pg_catalog.name,
        CASE WHEN %(on)s::pg_catalog.text IS NOT NULL THEN
            ARRAY(SELECT o.object_hk FROM script_tracking.get_object(%(on)s::pg_catalog.text, g.moment) AS o) END, g.moment)
        WITH ORDINALITY AS h (object_hk, object_type, object_identity, column_name, grantee, privilege, is_grantable, grantor,
            granted_at, granted_by, cause, place)
), line AS MATERIALIZED (
    SELECT min(h.place) AS place, h.object_type, h.object_identity, h.column_name, h.grantee,
        array_agg(h.privilege ORDER BY h.place) AS privileges, h.is_grantable, h.grantor, h.granted_at, h.granted_by, h.cause
    FROM held AS h
    GROUP BY h.object_type, h.object_identity, h.column_name, h.grantee, h.is_grantable, h.grantor, h.granted_at, h.granted_by,
        h.cause
)
SELECT l.object_identity, l.object_type, l.column_name, l.grantee, l.privileges, l.is_grantable, l.grantor,
    CASE WHEN l.cause <> 'baseline' THEN l.granted_at END AS granted_at,
    CASE WHEN l.cause <> 'baseline' THEN l.granted_by END AS execution_key,
    coalesce(o.operation_name, o.script_name) AS script_name, o.db_session_user, o.ticket,
    CASE l.cause WHEN 'baseline' THEN 'before the record' WHEN 'captured' THEN 'recorded' ELSE l.cause END AS known_by
FROM line AS l
LEFT JOIN LATERAL (
    SELECT e.* FROM script_tracking.execution_origin AS e
    WHERE e.load_date = l.granted_at AND e.script_execution_hk = l.granted_by OFFSET 0) AS o ON l.cause <> 'baseline'
ORDER BY l.place
