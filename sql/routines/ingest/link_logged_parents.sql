-- Links the executions that were just recorded from a log to the wrapped command in which they ran.
CREATE OR REPLACE FUNCTION script_tracking.link_logged_parents(p_load_date pg_catalog.timestamptz)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    INSERT INTO script_tracking.script_execution_parent_l
        (script_execution_parent_hk, parent_execution_hk, child_execution_hk, link_type, tenant_hk, load_date,
         record_source)
    SELECT sha256(o.script_execution_hk || s.script_execution_hk), o.script_execution_hk, s.script_execution_hk,
        'tracked', s.tenant_hk, s.load_date, s.record_source
    FROM script_tracking.script_execution_s AS s
    JOIN script_tracking.script_execution_h AS h
        ON h.load_date = s.load_date AND h.script_execution_hk = s.script_execution_hk
    CROSS JOIN LATERAL script_tracking.logged_parent(s.db_session_user, s.metadata ->> 'application_name',
        s.execution_timestamp) AS o
    WHERE s.load_date = p_load_date AND s.script_type = 'DDL_LOG'
        AND s.metadata ->> 'application_name' LIKE 'dbtrack:%'
$function$;

COMMENT ON FUNCTION script_tracking.link_logged_parents(pg_catalog.timestamptz) IS
    'Links executions recorded from a log to the wrapped command whose application name they have; for the functions of this schema';
