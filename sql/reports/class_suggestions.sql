SELECT s.object_identity, s.object_type, s.column_name, s.column_type, s.class_name, s.sureness, s.why, s.rule_name
FROM script_tracking.get_class_suggestions(%(class_name)s::pg_catalog.text) AS s
