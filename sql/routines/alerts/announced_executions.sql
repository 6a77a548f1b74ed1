-- Returns those of the executions that ran inside a tracked operation, so that somebody announced them. A link that the
-- records do not confirm is only a claim of the session, and announces nothing.
CREATE OR REPLACE FUNCTION script_tracking.announced_executions(p_keys pg_catalog.bytea[])
RETURNS SETOF pg_catalog.bytea
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT DISTINCT l.child_execution_hk
    FROM script_tracking.script_execution_parent_l AS l
    CROSS JOIN LATERAL script_tracking.execution_versions(l.child_execution_hk) AS c
    CROSS JOIN LATERAL script_tracking.execution_versions(l.parent_execution_hk) AS p
    WHERE l.child_execution_hk = ANY (p_keys) AND l.link_type = 'tracked'
        AND c.load_end_date IS NULL AND p.load_end_date IS NULL
        AND script_tracking.is_proven_link(l.link_type, p, c)
$function$;

COMMENT ON FUNCTION script_tracking.announced_executions(pg_catalog.bytea[]) IS
    'Those of the executions that ran inside a tracked operation, as the records confirm';
