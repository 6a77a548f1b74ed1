-- Returns what is classified, as it was said until a moment, and which object of the database it is now. A class follows its
-- object and its column through renamings, because both are known by their numbers. basis says why an object has a class:
-- classified; inherited: from the table that it inherits from or is a partition of; same name: an object or a column that
-- had the class was dropped, and this one has its name; restored: the database was restored. is_dropped: it is not there now.
CREATE OR REPLACE FUNCTION script_tracking.get_classes(
    p_moment pg_catalog.timestamptz DEFAULT NULL,
    p_class pg_catalog.text DEFAULT NULL
)
RETURNS TABLE (
    object_hk pg_catalog.bytea,
    object_type pg_catalog.text,
    object_identity pg_catalog.text,
    column_number pg_catalog.int2,
    column_name pg_catalog.text,
    class_name pg_catalog.text,
    basis pg_catalog.text,
    is_dropped pg_catalog.bool,
    classified_at pg_catalog.timestamptz,
    login pg_catalog.text,
    reason pg_catalog.text,
    script_execution_hk pg_catalog.bytea,
    tenant_hk pg_catalog.bytea,
    source_hk pg_catalog.bytea,
    source_column pg_catalog.int2
)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM script_tracking.object_class_s) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH RECURSIVE given AS MATERIALIZED (
        SELECT n.* FROM (
            SELECT DISTINCT ON (s.object_hk, s.column_number, s.class_name) s.*
            FROM script_tracking.object_class_s AS s
            WHERE s.load_date <= coalesce(p_moment, 'infinity') AND (p_class IS NULL OR s.class_name = p_class)
            ORDER BY s.object_hk, s.column_number, s.class_name, s.load_date DESC) AS n
        WHERE NOT n.is_removed
    ), relation AS MATERIALIZED (
        SELECT r.* FROM script_tracking.class_relations() AS r
    ), follower (original_hk, hk, object_bk) AS (
        SELECT DISTINCT g.object_hk, g.object_hk, g.object_bk FROM given AS g
        UNION
        SELECT f.original_hk, l.new_object_hk, (
            SELECT s.object_bk FROM script_tracking.object_s AS s WHERE s.object_hk = l.new_object_hk LIMIT 1)
        FROM follower AS f
        JOIN script_tracking.object_same_l AS l ON l.old_object_hk = f.hk
    ), object AS MATERIALIZED (
        -- The relation itself, by its oid; else the one that has the last name that it had.
        SELECT DISTINCT ON (f.original_hk) f.original_hk, f.hk, r.relation, r.object_bk, d.last_identity,
            r.object_bk IS DISTINCT FROM f.object_bk AS is_other, f.hk <> f.original_hk AS is_restored
        FROM follower AS f
        LEFT JOIN relation AS own ON own.object_bk = f.object_bk
        CROSS JOIN LATERAL (
            SELECT coalesce(own.object_identity, (
                SELECT s.object_identity FROM script_tracking.object_s AS s WHERE s.object_hk = f.hk
                ORDER BY s.load_date DESC, s.version_number DESC LIMIT 1), (
                SELECT g.object_identity FROM given AS g WHERE g.object_hk = f.original_hk ORDER BY g.load_date DESC LIMIT 1)
            ) AS last_identity) AS d
        LEFT JOIN relation AS r ON r.object_identity = d.last_identity
        ORDER BY f.original_hk, own.relation IS NULL, r.relation IS NULL, f.hk <> f.original_hk DESC
    ), named AS MATERIALIZED (
        SELECT g.object_hk AS source_hk, g.column_number AS source_column, g.class_name, g.load_date, g.db_session_user, g.reason,
            g.script_execution_hk, g.tenant_hk, g.object_type AS source_type, o.relation, o.is_other, o.is_restored,
            o.last_identity, g.column_number = 0 AS is_whole,
            coalesce(a.attname, CASE WHEN g.column_number > 0 THEN coalesce((
                SELECT p.name FROM script_tracking.object_s AS s
                CROSS JOIN LATERAL script_tracking.object_parts(s.definition) AS p
                WHERE s.object_hk = g.object_hk AND s.definition ? ('column ' || g.column_number)
                    AND p.part = 'column ' || g.column_number AND p.name IS NOT NULL AND p.body IS NOT NULL
                ORDER BY s.load_date DESC, s.version_number DESC LIMIT 1), g.column_name) END) AS column_name,
            a.attnum IS NOT NULL AS is_own_column
        FROM given AS g
        JOIN object AS o ON o.original_hk = g.object_hk
        LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = o.relation AND a.attnum = g.column_number AND g.column_number > 0
            AND NOT a.attisdropped AND NOT o.is_other AND NOT o.is_restored
    ), direct AS MATERIALIZED (
        SELECT n.*, c.attnum AS present_column, n.relation IS NOT NULL AND (n.is_whole OR c.attnum IS NOT NULL) AS is_present,
            CASE WHEN n.is_restored AND NOT n.is_other THEN 'restored'
                WHEN n.is_other OR NOT (n.is_whole OR n.is_own_column) THEN 'same name' ELSE 'classified' END AS basis
        FROM named AS n
        LEFT JOIN pg_catalog.pg_attribute AS c ON c.attrelid = n.relation AND c.attname = n.column_name AND c.attnum > 0
            AND NOT c.attisdropped
    ), descendant (source_hk, source_column, class_name, relation, is_child) AS (
        SELECT d.source_hk, d.source_column, d.class_name, d.relation, false FROM direct AS d WHERE d.is_present
        UNION
        SELECT t.source_hk, t.source_column, t.class_name, i.inhrelid, true
        FROM descendant AS t
        JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.relation
    ), each AS (
        SELECT script_tracking.calculate_hash_key(r.object_bk) AS object_hk, r.object_type, r.object_identity,
            CASE WHEN d.is_whole THEN 0::pg_catalog.int2 ELSE c.attnum END AS column_number, d.column_name::pg_catalog.text AS column_name,
            d.class_name, CASE WHEN t.is_child THEN 'inherited' ELSE d.basis END AS basis, false AS is_dropped, d.load_date,
            d.db_session_user, d.reason, d.script_execution_hk, d.tenant_hk, d.source_hk, d.source_column
        FROM descendant AS t
        JOIN direct AS d ON d.source_hk = t.source_hk AND d.source_column = t.source_column AND d.class_name = t.class_name
        JOIN relation AS r ON r.relation = t.relation
        LEFT JOIN pg_catalog.pg_attribute AS c ON c.attrelid = t.relation AND c.attname = d.column_name AND c.attnum > 0
            AND NOT c.attisdropped
        WHERE d.is_whole OR c.attnum IS NOT NULL
        UNION ALL
        -- What was dropped; if another one has its name, both are listed.
        SELECT d.source_hk, d.source_type, d.last_identity, d.source_column, d.column_name, d.class_name,
            'classified', true, d.load_date, d.db_session_user, d.reason, d.script_execution_hk, d.tenant_hk, d.source_hk,
            d.source_column
        FROM direct AS d
        WHERE NOT d.is_present OR d.is_other
    )
    SELECT DISTINCT ON (e.object_identity, e.column_number, e.class_name, e.is_dropped, e.object_hk) e.object_hk,
        e.object_type, e.object_identity, e.column_number, e.column_name, e.class_name::pg_catalog.text, e.basis, e.is_dropped,
        e.load_date, e.db_session_user::pg_catalog.text, e.reason, e.script_execution_hk, e.tenant_hk, e.source_hk,
        e.source_column
    FROM each AS e
    -- If it was classified itself, that counts and not what it inherits.
    ORDER BY e.object_identity, e.column_number, e.class_name, e.is_dropped, e.object_hk,
        array_position('{classified,restored,same name,inherited}', e.basis), e.load_date DESC;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_classes(pg_catalog.timestamptz, pg_catalog.text) IS
    'What is classified (until a moment, NULL: now; p_class: only as this), which object of the database it is now, and why';
