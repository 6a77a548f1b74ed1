-- Returns where the rules of retention contradict each other, or a cleanup with so many days. is_refused: the cleanup would remove what
-- a rule asks to keep. An archive counts as keeping, except for what must be at once available.
CREATE OR REPLACE FUNCTION script_tracking.retention_conflicts(
    p_days pg_catalog.int4 DEFAULT NULL,
    p_is_archived pg_catalog.bool DEFAULT NULL
)
RETURNS TABLE (rule pg_catalog.text, is_refused pg_catalog.bool, message pg_catalog.text, remedy pg_catalog.text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH given AS (
        SELECT coalesce(p_days, script_tracking.current_setting_value('retention.days')::pg_catalog.int4) AS days,
            coalesce(p_is_archived, script_tracking.current_setting_value('retention.archive') = 'required') AS is_archived
    ), bound AS (
        SELECT b.*, CASE WHEN g.is_archived THEN b.at_once_days ELSE b.least_days END AS asked_days, g.days,
            -- What is of a class stays in the database, also where an archive is written.
            CASE WHEN g.is_archived AND b.class_name IS NULL THEN b.at_once_days ELSE b.least_days END AS must_days, g.is_archived,
            CASE WHEN b.tenant_bk IS NOT NULL THEN ' of the tenant ' || b.tenant_bk
                WHEN b.script_type IS NOT NULL THEN ' of the type ' || b.script_type
                WHEN b.class_name IS NOT NULL THEN ' of the class ' || b.class_name ELSE '' END AS whose,
            -- Whose executions a rule keeps longer.
            greatest(g.days, script_tracking.current_setting_value(CASE WHEN b.tenant_bk IS NOT NULL THEN 'retention.tenant.' || b.tenant_bk
                WHEN b.script_type IS NOT NULL THEN 'retention.type.' || b.script_type
                ELSE 'retention.days of none' END)::pg_catalog.int4) AS kept_days
        FROM script_tracking.retention_bounds() AS b
        CROSS JOIN given AS g
    )
    SELECT b.rule, true, format('%s asks to keep executions%s for %s days%s, and cleanup keeps them for %s', b.rule, b.whose, b.asked_days,
            CASE WHEN b.is_archived THEN ' in the database' ELSE '' END, b.kept_days),
        format('dbtrack settings %s %s', CASE WHEN b.tenant_bk IS NOT NULL THEN 'retention.tenant.' || b.tenant_bk
            WHEN b.script_type IS NOT NULL THEN 'retention.type.' || b.script_type ELSE 'retention.days' END, b.asked_days)
    FROM bound AS b
    -- Cleanup itself keeps what is of a class.
    WHERE b.asked_days > b.kept_days AND b.class_name IS NULL
    UNION ALL
    -- The law comes before the wish: what must be kept is not removed, and that is said.
    SELECT m.rule, false, format('%s allows executions%s to be kept for %s days, and %s asks for %s: they are kept', m.rule, m.whose,
            m.most_days, l.rule, l.must_days), NULL
    FROM bound AS m
    JOIN bound AS l ON l.must_days > m.most_days
        AND (l.tenant_bk = m.tenant_bk OR l.tenant_bk IS NULL OR m.tenant_bk IS NULL)
        AND (l.script_type = m.script_type OR l.script_type IS NULL OR m.script_type IS NULL)
        -- Of two classes, only if something has both.
        AND (l.class_name = m.class_name OR l.class_name IS NULL OR m.class_name IS NULL OR EXISTS (
            SELECT FROM script_tracking.class_objects() AS a
            JOIN script_tracking.class_objects() AS c ON c.object_hk = a.object_hk
            WHERE a.class_name = l.class_name AND c.class_name = m.class_name))
    WHERE m.most_days > 0
    UNION ALL
    SELECT m.rule, false, format('%s allows executions%s to be kept for %s days: %s does not keep them for %s',
            m.rule, m.whose, m.most_days, s.setting_name, s.setting_value), format('dbtrack settings %s --reset', s.setting_name)
    FROM bound AS m
    JOIN script_tracking.setting AS s ON s.setting_name ~ '^retention\.(tenant|type)\.' AND s.setting_value::pg_catalog.int4 > m.most_days
        AND (m.tenant_bk IS NULL AND m.script_type IS NULL
            OR s.setting_name IN ('retention.tenant.' || m.tenant_bk, 'retention.type.' || m.script_type))
    WHERE m.most_days > 0
    UNION ALL
    -- Archives have no versions of objects in them.
    SELECT b.rule, false, format('%s asks to keep records for %s days, and retention.objects_days keeps the history of objects for %s',
            b.rule, b.least_days, o.days), format('dbtrack settings retention.objects_days %s', b.least_days)
    FROM bound AS b
    CROSS JOIN (SELECT script_tracking.current_setting_value('retention.objects_days')::pg_catalog.int4 AS days) AS o
    WHERE o.days BETWEEN 1 AND b.least_days - 1 AND b.script_type IS NULL AND b.class_name IS NULL
    ORDER BY 2 DESC, 1, 3
$function$;

COMMENT ON FUNCTION script_tracking.retention_conflicts(pg_catalog.int4, pg_catalog.bool) IS
    'Where the rules of retention contradict each other, or a cleanup with so many days (NULL: retention.days), with an archive or '
    'without (NULL: as retention.archive says)';
