-- What differs between two moments, with the definitions in one line, and who changed it last.
WITH difference AS MATERIALIZED (
    SELECT d.*
    FROM script_tracking.get_object_differences(%(since)s::pg_catalog.timestamptz, %(until)s::pg_catalog.timestamptz,
        %(objects)s::pg_catalog.bytea[]) WITH ORDINALITY AS d (object_hk, object_type, old_identity, new_identity, owner_name,
            parents, created_at, part, kind, name, before, after, load_date, script_execution_hk, place)
), origin AS MATERIALIZED (
    SELECT o.*
    FROM (SELECT DISTINCT d.load_date, d.script_execution_hk FROM difference AS d) AS e
    CROSS JOIN LATERAL (
        SELECT x.script_execution_hk, x.load_date, coalesce(x.operation_name, x.script_name) AS script_name, x.command_tag,
            x.db_session_user, x.ticket
        FROM script_tracking.execution_origin AS x
        WHERE x.load_date = e.load_date AND x.script_execution_hk = e.script_execution_hk
        OFFSET 0) AS o
)
SELECT d.object_hk, d.object_type, d.old_identity, d.new_identity, d.owner_name, d.parents, d.created_at,
    d.part, d.kind, d.name, d.before, d.after,
    script_tracking.get_part_text(d.kind, d.before) AS old_text, script_tracking.get_part_text(d.kind, d.after) AS new_text,
    d.load_date, d.script_execution_hk, o.script_name, o.command_tag, o.db_session_user, o.ticket
FROM difference AS d
LEFT JOIN origin AS o ON o.load_date = d.load_date AND o.script_execution_hk = d.script_execution_hk
ORDER BY d.place
