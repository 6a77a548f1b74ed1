-- Links DDL to the wrapped command that ran it, if the command's connections did not have dbtrack.execution: options of
-- their own replaced PGOPTIONS, or the driver does not read it. The application name, the login and the time identify
-- the command. If another operation of the same name ran at that time, the DDL is counted and not linked.
CREATE OR REPLACE FUNCTION script_tracking.link_by_application_name(
    p_execution_hk pg_catalog.bytea,
    OUT o_linked pg_catalog.int4,
    OUT o_unclear pg_catalog.int4
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_operation script_tracking.script_execution_s;
    v_children pg_catalog.bytea[];
BEGIN
    SELECT v.*
    INTO v_operation
    FROM script_tracking.get_execution_versions(p_execution_hk) AS v
    WHERE v.load_end_date IS NULL AND v.db_session_user = session_user
        AND v.record_source LIKE 'dbtrack@_cli@@%' ESCAPE '@';
    SELECT coalesce(array_agg(s.script_execution_hk), '{}')
    INTO v_children
    FROM script_tracking.script_execution_s AS s
    WHERE s.execution_timestamp BETWEEN v_operation.execution_timestamp AND v_operation.load_date
        -- A row is written when its DDL ends, never before it began. Partitions are by this time.
        AND s.load_date BETWEEN v_operation.execution_timestamp AND v_operation.load_date
        AND s.script_type = 'DDL_AUTO' AND s.db_session_user = v_operation.db_session_user
        AND coalesce(s.tenant_hk = v_operation.tenant_hk, true)
        AND s.metadata ->> 'application_name' = script_tracking.wrapped_application_name(v_operation.script_name)
        AND NOT EXISTS (SELECT FROM script_tracking.script_execution_parent_l AS l
            WHERE l.child_execution_hk = s.script_execution_hk);
    o_linked := 0;
    o_unclear := cardinality(v_children);
    IF v_children = '{}' OR EXISTS (
        SELECT FROM script_tracking.script_execution_s AS other
        WHERE other.execution_timestamp BETWEEN v_operation.execution_timestamp - '1 day'::pg_catalog."interval"
                AND v_operation.load_date
            AND other.load_end_date IS NULL
            AND (other.execution_status = 'RUNNING' OR other.load_date >= v_operation.execution_timestamp)
            AND other.script_execution_hk <> p_execution_hk
            AND other.script_name = v_operation.script_name
            AND other.db_session_user = v_operation.db_session_user
            AND other.record_source = v_operation.record_source)
    THEN
        RETURN;
    END IF;
    INSERT INTO script_tracking.script_execution_parent_l
        (script_execution_parent_hk, parent_execution_hk, child_execution_hk, link_type, tenant_hk, load_date,
         record_source)
    SELECT sha256(p_execution_hk || c.key), p_execution_hk, c.key, 'tracked', h.tenant_hk, clock_timestamp(),
        v_operation.record_source
    FROM unnest(v_children) AS c (key)
    JOIN script_tracking.script_execution_h AS h ON h.script_execution_hk = c.key;
    o_linked := o_unclear;
    o_unclear := 0;
END
$function$;

COMMENT ON FUNCTION script_tracking.link_by_application_name(pg_catalog.bytea) IS
    'Links the DDL of a wrapped command that bears its application name and no link: how many were linked, and how many '
    'could also be those of another operation of the name';
