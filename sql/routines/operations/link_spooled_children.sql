-- Links the executions that ran inside an operation whose start was lost to the new record of the operation: their
-- claims have the lost key.
CREATE OR REPLACE FUNCTION script_tracking.link_spooled_children(
    p_spool_id pg_catalog.uuid,
    p_recorded_since pg_catalog.timestamptz,
    p_lost_hk pg_catalog.bytea
)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    INSERT INTO script_tracking.script_execution_parent_l
        (script_execution_parent_hk, parent_execution_hk, child_execution_hk, link_type, tenant_hk, load_date,
         record_source)
    SELECT sha256(s.script_execution_hk || l.child_execution_hk), s.script_execution_hk, l.child_execution_hk,
        l.link_type, l.tenant_hk, s.load_date, s.record_source
    FROM script_tracking.script_execution_s AS s
    JOIN script_tracking.script_execution_parent_l AS l ON l.parent_execution_hk = p_lost_hk
    WHERE s.load_date >= p_recorded_since AND s.metadata ->> 'spool_id' = p_spool_id::pg_catalog.text
$function$;

COMMENT ON FUNCTION script_tracking.link_spooled_children(
    pg_catalog.uuid, pg_catalog.timestamptz, pg_catalog.bytea) IS
    'Links what ran inside an operation whose start was lost to its new record; for the functions of this schema';
