-- Returns what changed about classified data since a moment: access that was gained or lost, classes that were given or taken away,
-- and executions that changed the objects, each with the execution where it is known.
CREATE OR REPLACE FUNCTION script_tracking.get_access_changes(
    p_since pg_catalog.timestamptz,
    p_class pg_catalog.text DEFAULT NULL,
    p_tenant pg_catalog.bytea DEFAULT NULL
)
RETURNS TABLE (
    change pg_catalog.text,
    object_identity pg_catalog.text,
    login pg_catalog.text,
    detail pg_catalog.text,
    changed_at pg_catalog.timestamptz,
    script_execution_hk pg_catalog.bytea
)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH before AS MATERIALIZED (
        SELECT a.*, u.privilege FROM script_tracking.get_class_access(p_class, p_since, p_tenant) AS a
        CROSS JOIN LATERAL unnest(a.privileges) AS u (privilege)
    ), after AS MATERIALIZED (
        SELECT a.*, u.privilege FROM script_tracking.get_class_access(p_class, NULL, p_tenant) AS a
        CROSS JOIN LATERAL unnest(a.privileges) AS u (privilege)
    ), difference AS (
        SELECT CASE WHEN b.object_hk IS NULL THEN 'access gained' ELSE 'access lost' END AS change,
            coalesce(a.object_identity, b.object_identity) AS object_identity, coalesce(a.login, b.login) AS login,
            coalesce(a.column_name, b.column_name) AS column_name, coalesce(a.how, b.how) AS how,
            coalesce(a.through, b.through) AS through, coalesce(a.privilege, b.privilege) AS privilege,
            CASE WHEN a.granted_at >= p_since THEN a.granted_at END AS changed_at,
            CASE WHEN a.granted_at >= p_since THEN a.granted_by END AS granted_by
        FROM before AS b
        FULL JOIN after AS a ON a.object_hk = b.object_hk AND a.login = b.login AND a.how = b.how AND a.through = b.through
            AND a.column_number IS NOT DISTINCT FROM b.column_number AND a.privilege = b.privilege
        WHERE a.object_hk IS NULL OR b.object_hk IS NULL
    )
    SELECT d.change, d.object_identity, d.login,
        concat_ws(' ', string_agg(d.privilege, ', ' ORDER BY d.privilege), '(' || d.column_name || ')',
            CASE WHEN d.how NOT IN ('grant', 'PUBLIC') THEN 'as ' || d.how END,
            'through ' || nullif(array_to_string(d.through, ', '), '')),
        d.changed_at, d.granted_by
    FROM difference AS d
    GROUP BY d.change, d.object_identity, d.login, d.column_name, d.how, d.through, d.changed_at, d.granted_by
    UNION ALL
    SELECT CASE WHEN s.is_removed THEN 'class removed' ELSE 'classified' END,
        s.object_identity || coalesce('.' || quote_ident(s.column_name), ''), s.db_session_user::pg_catalog.text,
        concat_ws(': ', s.class_name, s.reason), s.load_date, s.script_execution_hk
    FROM script_tracking.object_class_s AS s
    WHERE s.load_date >= p_since AND (p_class IS NULL OR s.class_name = p_class)
        AND (p_tenant IS NULL OR s.tenant_hk = p_tenant)
    UNION ALL
    SELECT 'changed', v.object_identity, e.db_session_user::pg_catalog.text, e.script_name::pg_catalog.text, v.load_date,
        v.script_execution_hk
    FROM script_tracking.object_s AS v
    LEFT JOIN script_tracking.script_execution_s AS e ON e.load_date = v.load_date AND e.script_execution_hk = v.script_execution_hk
    WHERE v.load_date >= p_since AND v.cause NOT IN ('baseline', 'follows')
        AND v.object_hk IN (SELECT g.object_hk FROM script_tracking.get_classes(NULL, p_class) AS g
            WHERE p_tenant IS NULL OR g.tenant_hk = p_tenant)
        AND coalesce(e.script_name, '') NOT IN ('GRANT', 'REVOKE')
    ORDER BY 5 NULLS FIRST, 1, 2, 3, 4;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_access_changes(pg_catalog.timestamptz, pg_catalog.text, pg_catalog.bytea) IS
    'What changed about classified data since a moment: access gained and lost, classes, and changes of the objects';
