-- Returns whether a link is true. A link is only a claim of the session until it is checked: a nested DDL command ended
-- in the same transaction; a tracked child began while its parent ran, by the same login, and for the same tenant if
-- both have one.
CREATE OR REPLACE FUNCTION script_tracking.is_proven_link(
    p_link_type pg_catalog.text,
    p_parent script_tracking.script_execution_s,
    p_child script_tracking.script_execution_s
)
RETURNS pg_catalog.bool
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE
        WHEN p_link_type = 'nested'
            THEN coalesce(p_child.metadata ->> 'transaction_id' = p_parent.metadata ->> 'transaction_id', false)
        ELSE p_child.db_session_user = p_parent.db_session_user
            AND coalesce(p_child.tenant_hk = p_parent.tenant_hk, true)
            AND p_child.execution_timestamp >= p_parent.execution_timestamp
            AND (p_parent.execution_status = 'RUNNING' OR p_child.execution_timestamp <= p_parent.load_date)
    END
$function$;

COMMENT ON FUNCTION script_tracking.is_proven_link(
    pg_catalog.text, script_tracking.script_execution_s, script_tracking.script_execution_s) IS
    'Whether the records of a parent and a child, each in its current version, confirm the link between them';
