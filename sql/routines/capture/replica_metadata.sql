-- Returns who ran a DDL command while session_replication_role is replica: the worker that applies what another server
-- sent, or a person who set it. Anybody may set application_name, and superusers the role, but nobody can set the type
-- of a backend. For a logical replication worker the result also has the subscription and the name of its replication
-- origin.
CREATE OR REPLACE FUNCTION script_tracking.replica_metadata()
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN (
        SELECT jsonb_build_object('session_replication_role', 'replica', 'backend_type', a.backend_type,
            'subscription', s.subname, 'replication_origin', 'pg_' || s.oid)
        FROM pg_stat_get_activity(pg_backend_pid()) AS a
        LEFT JOIN pg_stat_get_subscription(NULL) AS w ON w.pid = a.pid
        LEFT JOIN pg_catalog.pg_subscription AS s ON s.oid = w.subid);
END
$function$;

COMMENT ON FUNCTION script_tracking.replica_metadata() IS
    'Who runs the DDL of a session whose session_replication_role is replica';
