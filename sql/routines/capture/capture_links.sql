-- Links a DDL command to the operation or the DDL command inside which it ran. Both claims come from settings of the
-- session, and count only after a check. A nested command ends before the one that contains it has a key. So it leaves
-- its own key, authenticated, for the outer command to link: nobody may claim somebody else's execution as a child.
CREATE OR REPLACE FUNCTION script_tracking.capture_links(
    p_execution_hk pg_catalog.bytea,
    p_load_date pg_catalog.timestamptz,
    p_nesting_level pg_catalog.int4,
    p_tenant_hk pg_catalog.bytea,
    p_record_source pg_catalog."varchar"
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_children pg_catalog.text := coalesce(current_setting('dbtrack.ddl_children', true), '');
BEGIN
    v_children := CASE WHEN v_children <> ''
        AND left(v_children, 64) = script_tracking.capture_digest('children ' || substr(v_children, 65))
        THEN substr(v_children, 65) ELSE '' END;
    IF v_children <> '' THEN
        INSERT INTO script_tracking.script_execution_parent_l
            (script_execution_parent_hk, parent_execution_hk, child_execution_hk, link_type, tenant_hk, load_date,
             record_source)
        SELECT sha256(p_execution_hk || c.child_hk), p_execution_hk, c.child_hk, 'nested', p_tenant_hk, p_load_date,
            p_record_source
        FROM (
            SELECT DISTINCT decode(split_part(t.token, ':', 2), 'hex') AS child_hk
            FROM string_to_table(v_children, ' ') AS t (token)
            WHERE t.token ~ ('^' || (p_nesting_level + 1)::pg_catalog.text || ':[0-9a-f]{64}$')
        ) AS c;
        v_children := (SELECT coalesce(string_agg(t.token, ' '), '') FROM string_to_table(v_children, ' ') AS t (token)
            WHERE t.token !~ ('^' || (p_nesting_level + 1)::pg_catalog.text || ':'));
    END IF;
    IF p_nesting_level > 0 THEN
        v_children := ltrim(v_children || ' ' || p_nesting_level || ':' || encode(p_execution_hk, 'hex'));
        PERFORM set_config('dbtrack.ddl_children',
            script_tracking.capture_digest('children ' || v_children) || v_children, true);
    ELSE
        PERFORM set_config('dbtrack.ddl_children', '', true);
        PERFORM script_tracking.link_claimed_parent(p_execution_hk, p_load_date, p_tenant_hk, p_record_source);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_links(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.int4, pg_catalog.bytea, pg_catalog."varchar") IS
    'Links a DDL command to the tracked operation or the DDL command inside which it ran';
