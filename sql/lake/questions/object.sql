-- What changed an object, in all sources and years.
SELECT execution_timestamp, source, tenant, script_name, script_type, execution_status, db_session_user, execution_key
FROM objects
WHERE object_identity = %(object)s
ORDER BY execution_timestamp, source, execution_key, object_position
