-- Erases a person from every table but the record itself, as personal_columns() says. The names in the statements come from that list.
CREATE OR REPLACE FUNCTION script_tracking.erase_rows(p_subject pg_catalog.text)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_pattern CONSTANT pg_catalog.text := script_tracking.erase_pattern(p_subject);
    v_table record;
    v_rows pg_catalog.int8;
    v_total pg_catalog.int8 := 0;
BEGIN
    FOR v_table IN
        SELECT c.table_name,
            string_agg(c.condition, ' OR ') FILTER (WHERE c.handling IN ('row', 'row_login')) AS goes,
            string_agg(c.condition, ' OR ') FILTER (WHERE c.handling NOT IN ('row', 'row_login')) AS changes,
            string_agg(format('%I = CASE WHEN %s THEN %s ELSE t.%I END', c.column_name, c.condition, CASE c.handling
                WHEN 'token' THEN $$'erased-' || t.token_id$$
                WHEN 'address' THEN 'NULL'
                WHEN 'document' THEN $$'{"erased": true}'::pg_catalog.jsonb$$
                -- It keeps its id and number, so that the receiver has no gap after it was sent again.
                WHEN 'event' THEN format(
                    $$script_tracking.erase_json(t.%I, $1) || '{"subject": "[erased]", "data": {"erased": true}}'$$, c.column_name)
                WHEN 'list' THEN $$'[]'::pg_catalog.jsonb$$
                WHEN 'json' THEN format('script_tracking.erase_json(t.%I, $1)', c.column_name)
                WHEN 'array' THEN format($$ARRAY(SELECT CASE WHEN u.word ~* $2 THEN '[erased]' ELSE u.word END
                    FROM unnest(t.%I) WITH ORDINALITY AS u (word, position) ORDER BY u.position)$$, c.column_name)
                ELSE $$'[erased]'$$ END, c.column_name), ', ')
                FILTER (WHERE c.handling NOT IN ('row', 'row_login')) AS assignments
        FROM (
            SELECT p.*, script_tracking.erase_condition(p.handling, p.column_name, p.applies) AS condition
            FROM script_tracking.personal_columns() AS p
            WHERE p.handling NOT IN ('never', 'kept', 'record')
        ) AS c
        GROUP BY c.table_name
        ORDER BY c.table_name
    LOOP
        IF v_table.goes IS NOT NULL THEN
            EXECUTE format('DELETE FROM script_tracking.%I AS t WHERE %s', v_table.table_name, v_table.goes) USING p_subject, v_pattern;
            GET DIAGNOSTICS v_rows = ROW_COUNT;
            v_total := v_total + v_rows;
        END IF;
        IF v_table.changes IS NOT NULL THEN
            EXECUTE format('UPDATE script_tracking.%I AS t SET %s WHERE %s', v_table.table_name, v_table.assignments, v_table.changes)
                USING p_subject, v_pattern;
            GET DIAGNOSTICS v_rows = ROW_COUNT;
            v_total := v_total + v_rows;
        END IF;
    END LOOP;
    RETURN v_total;
END
$function$;

COMMENT ON FUNCTION script_tracking.erase_rows(pg_catalog.text) IS
    'Erases a person from every table but the record itself; for erase_end';
