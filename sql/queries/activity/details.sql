-- What became of one execution, for the line that is chosen in dbtrack top: its error, what it did, what came after.
SELECT v.error_message, pg_catalog."left"(coalesce(v.sql_command, v.metadata ->> 'command'), 1000) AS statement,
    v.affected_objects,
    ARRAY(
        SELECT c.script_name || coalesce(' ' || c.affected_objects[1], '')
        FROM script_tracking.script_execution_parent_l AS l
        CROSS JOIN LATERAL script_tracking.execution_versions(l.child_execution_hk) AS c
        WHERE l.parent_execution_hk = v.script_execution_hk AND c.load_end_date IS NULL AND c.execution_status = 'COMPLETED'
        ORDER BY c.execution_timestamp, c.version_number LIMIT 20) AS changes,
    o.succeeded_key, o.after_ms, o.left_behind, o.resolved_by, o.reason,
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', w.lock_mode, 'on', w.object_identity, 'held by', w.holder), '; ')
     FROM script_tracking.get_execution_waits(v.script_execution_hk) AS w) AS waits
FROM script_tracking.execution_versions(%(key)s::pg_catalog.bytea) AS v
LEFT JOIN LATERAL script_tracking.get_failure_outcome(v.script_execution_hk) AS o ON true
WHERE v.load_end_date IS NULL
