SELECT d.object_type, d.object_identity, d.change, d.before, d.after, %(window_start)s::timestamptz,
    %(window_end)s::timestamptz, d.script_execution_hk
FROM script_tracking.catalog_difference AS d
ORDER BY d.object_type, d.object_identity, d.difference_id;
