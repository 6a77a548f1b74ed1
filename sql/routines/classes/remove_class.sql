-- Takes a class away from an object or a column, also from one that was dropped. What the class was given to counts: another
-- object of the same name loses it, too.
CREATE OR REPLACE FUNCTION script_tracking.remove_class(
    p_name pg_catalog.text,
    p_identity pg_catalog.text,
    p_column pg_catalog.text,
    p_class pg_catalog.text,
    p_reason pg_catalog.text
)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_given record;
    v_key pg_catalog.bytea;
    v_load_date pg_catalog.timestamptz;
    v_record_source pg_catalog.text;
BEGIN
    FOR v_given IN
        SELECT g.*, s.object_bk, s.object_type AS source_type, bool_and(g.basis = 'inherited') OVER () AS is_inherited
        FROM script_tracking.get_classes(NULL, p_class) AS g
        JOIN LATERAL (
            SELECT c.object_bk, c.object_type FROM script_tracking.object_class_s AS c
            WHERE c.object_hk = g.source_hk ORDER BY c.load_date DESC LIMIT 1) AS s ON true
        WHERE CASE WHEN p_identity IS NOT NULL THEN g.object_identity = p_identity AND g.column_name IS NOT DISTINCT FROM p_column
            ELSE p_name IN (g.object_identity || coalesce('.' || quote_ident(g.column_name), ''),
                split_part(g.object_identity, '.', 2) || coalesce('.' || quote_ident(g.column_name), '')) END
        ORDER BY g.is_dropped
    LOOP
        IF v_given.is_inherited THEN
            RAISE EXCEPTION '% has the class % by inheritance', p_name, p_class
                USING ERRCODE = 'DT006', HINT = 'remove it from its parent: ' || (
                    SELECT r.object_identity FROM script_tracking.class_relations() AS r
                    WHERE script_tracking.calculate_hash_key(r.object_bk) = v_given.source_hk);
        END IF;
        CONTINUE WHEN v_given.basis = 'inherited' OR EXISTS (SELECT FROM script_tracking.object_class_s AS s
            WHERE s.object_hk = v_given.source_hk AND s.column_number = v_given.source_column AND s.class_name = p_class
                AND s.script_execution_hk = v_key);
        IF v_key IS NULL THEN
            SELECT e.* INTO v_key, v_load_date, v_record_source FROM script_tracking.record_class(v_given.object_identity
                || coalesce('.' || quote_ident(v_given.column_name), ''), p_class, p_reason, true, v_given.tenant_hk) AS e;
        END IF;
        INSERT INTO script_tracking.object_class_s (object_hk, column_number, class_name, load_date, hash_diff, is_removed,
            script_execution_hk, tenant_hk, object_bk, object_type, object_identity, column_name, db_session_user, reason, record_source)
        VALUES (v_given.source_hk, v_given.source_column, p_class, v_load_date,
            script_tracking.calculate_hash_key(jsonb_build_array(v_given.object_bk, v_given.source_column, p_class, true)::pg_catalog.text),
            true, v_key, v_given.tenant_hk, v_given.object_bk, v_given.source_type, v_given.object_identity,
            v_given.column_name, session_user, p_reason, v_record_source);
    END LOOP;
    IF v_key IS NULL THEN
        RAISE EXCEPTION '% is not classified as %', p_name, p_class
            USING ERRCODE = 'DT006', HINT = 'list what is classified with: dbtrack classify --list';
    END IF;
    RETURN v_key;
END
$function$;

COMMENT ON FUNCTION script_tracking.remove_class(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'Takes a class away; for the functions of this schema';
