-- Returns who ran a DDL command while session_replication_role is replica: the worker that applies what another server
-- sent, or a person who set it. Anybody may set application_name, and superusers the role, but nobody can set the type
-- of a backend. Only a worker's DDL has `replicated`: which software applied it and, where pgl_ddl_deploy sends them, the
-- node and the process of the original. For native logical replication the result also has the subscription and the name
-- of its replication origin; for pglogical the subscription's number, or its name where the owner may read it.
CREATE OR REPLACE FUNCTION script_tracking.replica_metadata()
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_backend_type pg_catalog.text;
    v_subscription pg_catalog.text;
    v_origin pg_catalog.text;
    v_software pg_catalog.text;
    v_sent pg_catalog.text;
BEGIN
    SELECT a.backend_type, s.subname, 'pg_' || s.oid INTO v_backend_type, v_subscription, v_origin
    FROM pg_stat_get_activity(pg_backend_pid()) AS a
    LEFT JOIN pg_stat_get_subscription(NULL) AS w ON w.pid = a.pid
    LEFT JOIN pg_catalog.pg_subscription AS s ON s.oid = w.subid;
    v_software := CASE WHEN starts_with(v_backend_type, 'logical replication ') THEN 'logical replication'
        WHEN starts_with(v_backend_type, 'pglogical apply ') THEN 'pglogical'
        -- It comes from pglogical and names its workers alike.
        WHEN starts_with(v_backend_type, 'spock apply ') THEN 'spock' END;
    IF v_software <> 'logical replication' THEN
        v_subscription := substring(v_backend_type FROM '[0-9]+$');
        BEGIN
            v_subscription := coalesce(CASE WHEN v_software = 'pglogical' THEN (
                SELECT p.sub_name::pg_catalog.text FROM pglogical.subscription AS p
                WHERE p.sub_id = v_subscription::pg_catalog.oid) END, v_subscription);
        EXCEPTION
            -- The extension gives no privileges; an administrator can.
            WHEN insufficient_privilege OR undefined_table OR undefined_column THEN
                NULL;
        END;
        BEGIN
            v_sent := (SELECT q.sent FROM (SELECT current_query() AS sent) AS q
                WHERE q.sent ~ E'^\\s*SELECT pgl_ddl_deploy[.]subscriber_command\\s');
        EXCEPTION
            -- After an error that pglogical caught, it can be something other than text.
            WHEN OTHERS THEN
                NULL;
        END;
    END IF;
    RETURN jsonb_build_object('session_replication_role', 'replica', 'backend_type', v_backend_type,
        'subscription', v_subscription, 'replication_origin', v_origin,
        'replicated', CASE WHEN v_software IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
            'software', v_software,
            'provider', substring(v_sent FROM E'^[^\']*p_provider_name := \'((?:[^\']|\'\')+)\''),
            -- What comes after the statement of the user is pgl_ddl_deploy's alone.
            'provider_pid', substring("right"(v_sent, 1000) FROM '.*p_pid := ([0-9]{1,9}),')::pg_catalog.int4)) END);
END
$function$;

COMMENT ON FUNCTION script_tracking.replica_metadata() IS
    'Who runs the DDL of a session whose session_replication_role is replica';
