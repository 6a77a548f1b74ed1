-- The rows of an access review.
SELECT r.object_identity, r.object_type, r.classes, r.classified_columns, r.column_name, r.login, r.how, r.through, r.privileges,
    r.can_read, r.can_write, r.can_use_schema, r.granted_at, r.granted_by AS execution_key, r.script_name,
    r.grantor_login AS db_session_user, r.ticket, r.known_by, r.last_used_at, r.last_login_at, r.is_connected, r.logins_recorded,
    r.exceptions, r.open_exceptions, r.explained_by
FROM script_tracking.get_access_review(%(class_name)s::pg_catalog.text, %(unused_days)s::pg_catalog.int4, %(tenant)s::pg_catalog.bytea) AS r
