-- Returns where a person is named, one row a column, with how many rows name it there, and what an erasure does with them.
CREATE OR REPLACE FUNCTION script_tracking.erase_places(p_subject pg_catalog.text)
RETURNS TABLE (
    place pg_catalog.text,
    row_count pg_catalog.int8,
    is_kept pg_catalog.bool,
    note pg_catalog.text
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET jit = off
AS $function$
DECLARE
    v_pattern CONSTANT pg_catalog.text := script_tracking.erase_pattern(p_subject);
    v_table record;
    v_counts pg_catalog.int8[];
BEGIN
    PERFORM script_tracking.erase_check(p_subject);
    FOR v_table IN
        SELECT p.table_name, array_agg(p.column_name ORDER BY p.position) AS columns,
            array_agg(p.handling = 'kept' ORDER BY p.position) AS are_kept, array_agg(p.note ORDER BY p.position) AS notes,
            string_agg(format('count(*) FILTER (WHERE %s)', CASE
                WHEN p.handling = 'record' AND p.column_name = 'db_session_user' THEN 't.db_session_user = $1'
                WHEN p.handling = 'record' AND p.column_name = 'client_ip' THEN 'host(t.client_ip) = $1'
                WHEN p.column_name IN ('metadata', 'definition')
                    THEN format('script_tracking.json_words(t.%I) ~* $2', p.column_name)
                ELSE script_tracking.erase_condition(p.handling, p.column_name, p.applies) END), ', ' ORDER BY p.position) AS counts
        FROM (
            SELECT c.*, row_number() OVER () AS position
            FROM script_tracking.personal_columns() AS c
            WHERE c.handling <> 'never' AND c.column_name <> 'hash_diff'
        ) AS p
        GROUP BY p.table_name
        ORDER BY min(p.position)
    LOOP
        EXECUTE format('SELECT ARRAY[%s] FROM script_tracking.%I AS t', v_table.counts, v_table.table_name)
        INTO v_counts USING p_subject, v_pattern;
        RETURN QUERY
        SELECT v_table.table_name || '.' || v_table.columns[i.i], v_counts[i.i], v_table.are_kept[i.i], v_table.notes[i.i]
        FROM generate_subscripts(v_counts, 1) AS i (i)
        WHERE v_counts[i.i] > 0;
    END LOOP;
    RETURN QUERY
    SELECT 'the role itself', 1::pg_catalog.int8, true,
        'what it owns and may do is noted again; run: ALTER ROLE ... RENAME TO ..., or DROP ROLE'
    FROM pg_catalog.pg_roles AS r WHERE r.rolname = p_subject;
    IF to_regclass('auth.user_h') IS NOT NULL AND EXISTS (SELECT FROM pg_catalog.pg_class AS c
            WHERE c.oid = to_regclass('auth.user_h') AND c.relowner = current_user::pg_catalog.regrole) THEN
        EXECUTE 'SELECT count(*) FROM auth.user_h AS t WHERE t.user_bk ~* $1' INTO row_count USING v_pattern;
        IF row_count > 0 THEN
            RETURN QUERY SELECT 'auth.user_h.user_bk', row_count, true, 'a user of the module auth; delete it there';
        END IF;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.erase_places(pg_catalog.text) IS
    'Where a person is named, in how many rows, and whether an erasure keeps it there, for dbtrack erase';
