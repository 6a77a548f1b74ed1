-- One row a part, and one a grantee. What is older than the history of the object is looked up by the xmin of its rows in the
-- catalogs, where the object is there still and nobody asks for an earlier time.
WITH given AS (
    SELECT %(as_of)s::pg_catalog.timestamptz AS moment
), target AS MATERIALIZED (
    SELECT o.object_hk, o.object_identity, g.moment, coalesce(%(part)s::pg_catalog.text, o.part_name) AS part
    FROM given AS g
    CROSS JOIN LATERAL script_tracking.get_object(%(object)s::pg_catalog.text, g.moment) AS o
), piece AS MATERIALIZED (
    SELECT row_number() OVER () AS place, b.kind, b.name, b.body, b.is_dropped, b.part, b.added_at, b.added_by, b.added_cause,
        b.changed_at, b.changed_by, b.changed_cause
    FROM target AS t
    CROSS JOIN LATERAL script_tracking.get_object_blame(t.object_hk, t.moment) AS b
    WHERE t.part IS NULL OR b.name = t.part OR b.part = t.part
), writer AS MATERIALIZED (
    SELECT w.*
    FROM target AS t
    CROSS JOIN LATERAL script_tracking.get_catalog_writers(t.object_hk) AS w
    WHERE t.moment IS NULL AND EXISTS (SELECT FROM piece AS p WHERE p.changed_cause = 'baseline')
), line AS MATERIALIZED (
    SELECT p.place, p.kind, p.name, script_tracking.get_part_text(p.kind, p.body) AS definition, p.is_dropped, p.part,
        CASE WHEN p.added_cause <> 'baseline' THEN p.added_at END AS added_at,
        CASE WHEN p.added_cause <> 'baseline' THEN p.added_by END AS added_by,
        CASE WHEN p.changed_cause <> 'baseline' THEN p.changed_at ELSE coalesce(w.load_date, w.committed_at) END AS changed_at,
        CASE WHEN p.changed_cause <> 'baseline' THEN p.changed_by ELSE w.script_execution_hk END AS changed_by,
        CASE WHEN p.changed_cause = 'baseline' THEN coalesce(w.how, 'before the record')
            WHEN p.changed_cause IN ('maintain', 'reconcile') THEN p.changed_cause ELSE 'recorded' END AS known_by
    FROM piece AS p
    LEFT JOIN writer AS w ON w.part = p.part
    UNION ALL
    SELECT 1000000 + min(g.place), 'grant', concat_ws(' ', g.grantee, 'on ' || quote_ident(g.column_name)),
        string_agg(g.privilege || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ' ORDER BY g.place), false,
        'grant', CASE WHEN g.cause <> 'baseline' THEN g.granted_at END, CASE WHEN g.cause <> 'baseline' THEN g.granted_by END,
        CASE WHEN g.cause <> 'baseline' THEN g.granted_at END, CASE WHEN g.cause <> 'baseline' THEN g.granted_by END,
        CASE g.cause WHEN 'baseline' THEN 'before the record' WHEN 'captured' THEN 'recorded' ELSE g.cause END
    FROM target AS t
    CROSS JOIN LATERAL script_tracking.get_object_grants(NULL, ARRAY[t.object_hk], t.moment) WITH ORDINALITY AS g (
        object_hk, object_type, object_identity, column_name, grantee, privilege, is_grantable, grantor, granted_at, granted_by,
        cause, place)
    WHERE t.part IS NULL OR t.part IN (g.grantee, g.column_name)
    GROUP BY g.grantee, g.column_name, g.granted_at, g.granted_by, g.cause
)
SELECT l.kind, l.name, l.definition, l.is_dropped, l.added_at, l.added_by AS added_key,
    coalesce(a.operation_name, a.script_name) AS added_name, a.db_session_user AS added_user, a.ticket AS added_ticket,
    l.changed_at, l.changed_by AS changed_key, coalesce(c.operation_name, c.script_name) AS changed_name,
    c.db_session_user AS changed_user, c.ticket AS changed_ticket, l.known_by, t.object_identity
FROM line AS l
CROSS JOIN target AS t
LEFT JOIN LATERAL (
    SELECT o.* FROM script_tracking.execution_origin AS o
    WHERE o.load_date = l.added_at AND o.script_execution_hk = l.added_by OFFSET 0) AS a ON true
LEFT JOIN LATERAL (
    SELECT o.* FROM script_tracking.execution_origin AS o
    WHERE o.load_date = l.changed_at AND o.script_execution_hk = l.changed_by OFFSET 0) AS c ON true
ORDER BY l.is_dropped, l.place
