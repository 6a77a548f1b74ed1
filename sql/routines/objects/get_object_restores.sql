-- Returns when an object got another oid by a restore or by pg_upgrade, the latest first.
CREATE OR REPLACE FUNCTION script_tracking.get_object_restores(p_object pg_catalog.bytea, p_moment pg_catalog.timestamptz DEFAULT NULL)
RETURNS TABLE (load_date pg_catalog.timestamptz, old_object_hk pg_catalog.bytea, script_execution_hk pg_catalog.bytea)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE chain (load_date, old_object_hk, script_execution_hk) AS (
        SELECT l.load_date, l.old_object_hk, l.script_execution_hk
        FROM script_tracking.object_same_l AS l
        WHERE l.new_object_hk = p_object AND l.load_date <= coalesce(p_moment, 'infinity')
        UNION ALL
        SELECT l.load_date, l.old_object_hk, l.script_execution_hk
        FROM chain AS c
        JOIN script_tracking.object_same_l AS l ON l.new_object_hk = c.old_object_hk AND l.load_date < c.load_date
    )
    SELECT c.load_date, c.old_object_hk, c.script_execution_hk FROM chain AS c ORDER BY c.load_date DESC;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_object_restores(pg_catalog.bytea, pg_catalog.timestamptz) IS
    'When an object got another oid by a restore or by pg_upgrade, and which it was before; its history continues over that';
