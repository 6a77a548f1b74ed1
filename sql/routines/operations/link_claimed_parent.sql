-- Links an execution to the operation inside which the session claims to run (dbtrack track passes its key on).
CREATE OR REPLACE FUNCTION script_tracking.link_claimed_parent(
    p_execution_hk pg_catalog.bytea,
    p_load_date pg_catalog.timestamptz,
    p_tenant_hk pg_catalog.bytea,
    p_record_source pg_catalog."varchar"
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_parent_hk pg_catalog.bytea;
BEGIN
    IF coalesce(current_setting('dbtrack.execution', true), '') !~ '^[0-9a-f]{64}$' THEN
        RETURN;
    END IF;
    v_parent_hk := decode(current_setting('dbtrack.execution'), 'hex');
    INSERT INTO script_tracking.script_execution_parent_l
        (script_execution_parent_hk, parent_execution_hk, child_execution_hk, link_type, tenant_hk, load_date,
         record_source)
    VALUES (sha256(v_parent_hk || p_execution_hk), v_parent_hk, p_execution_hk, 'tracked', p_tenant_hk, p_load_date,
        p_record_source);
END
$function$;

COMMENT ON FUNCTION script_tracking.link_claimed_parent(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.bytea, pg_catalog."varchar") IS
    'Links an execution to the operation named by dbtrack.execution';
