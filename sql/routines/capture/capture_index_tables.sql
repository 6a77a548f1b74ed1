-- Keeps, for DROP INDEX, whose indexes the statement may name: when they are gone, no catalog tells. Names are looked up in all schemas,
-- because this function has a search path of its own; captured_dropped takes those whose oids were dropped. A long string is not read,
-- because each of its statements would read it.
CREATE OR REPLACE FUNCTION script_tracking.capture_index_tables(p_context pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $function$
DECLARE
    c_name CONSTANT pg_catalog.text := '(?:"(?:[^"]|"")+"|[^\s"''.,;()]+)(?:\s*[.]\s*(?:"(?:[^"]|"")+"|[^\s"''.,;()]+))*';
    v_string pg_catalog.text := current_query();
    v_tables pg_catalog.text;
BEGIN
    IF octet_length(v_string) > 2000 THEN
        v_string := '';
    END IF;
    -- What code runs is in the context.
    IF strpos(p_context, E'\n') > 0 THEN
        v_string := concat_ws(E'\n', v_string, left(p_context, 2000));
    END IF;
    WITH RECURSIVE named (index) AS (
        SELECT c.oid
        FROM regexp_matches(v_string COLLATE "C", 'drop\s+index\s+(?:concurrently\s+)?(?:if\s+exists\s+)?(' || c_name
            || '(?:\s*,\s*' || c_name || ')*)', 'gi') AS l (list)
        CROSS JOIN LATERAL regexp_matches(l.list[1], c_name, 'g') AS n (name)
        CROSS JOIN LATERAL parse_ident(n.name[1], false) AS p (parts)
        JOIN pg_class AS c ON c.relname = p.parts[cardinality(p.parts)] AND c.relkind IN ('i', 'I')
        UNION
        -- Those of the partitions go with it.
        SELECT h.inhrelid FROM named AS n JOIN pg_inherits AS h ON h.inhparent = n.index
    )
    SELECT string_agg(i.indexrelid || ':' || i.indrelid, ' ') INTO v_tables
    FROM named AS n JOIN pg_index AS i ON i.indexrelid = n.index;
    -- CONCURRENTLY commits before its end.
    PERFORM set_config('dbtrack.ddl_index_tables', coalesce(v_tables, ''),
        v_string COLLATE "C" !~* '[[:<:]]concurrently[[:>:]]');
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_index_tables(pg_catalog.text) IS 'Keeps whose indexes a DROP INDEX may name';
