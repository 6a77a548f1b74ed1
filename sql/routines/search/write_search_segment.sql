-- Writes the blocks of the versions from p_start to before p_end, and their segment. A block is a run of at most
-- 1000 versions of one tenant and of about a megabyte of text. What the filters of the reports compare is in it: statement,
-- command, error, objects, name, login, application and ticket, and the indexes that only the history of objects knows.
-- Returns how many versions they have.
CREATE OR REPLACE FUNCTION script_tracking.write_search_segment(
    p_start pg_catalog.timestamptz,
    p_end pg_catalog.timestamptz
)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    c_most_slots CONSTANT pg_catalog.int4 := 60000;
    v_versions pg_catalog.int8;
BEGIN
    WITH version AS MATERIALIZED (
        SELECT s.tenant_hk, s.load_date, s.execution_timestamp,
            concat_ws(E'\n', s.script_name, s.db_session_user, s.metadata ->> 'application_name', s.metadata ->> 'ticket',
                s.affected_objects::pg_catalog.text, s.sql_command, s.metadata ->> 'command', s.error_message,
                CASE WHEN s.script_type = 'DDL_AUTO' AND "right"(s.script_name, 6) = ' INDEX' THEN (
                    SELECT string_agg(v.object_identity, E'\n') FROM script_tracking.object_s AS v
                    WHERE v.load_date = s.load_date AND v.script_execution_hk = s.script_execution_hk) END,
                -- A word of its own: here a search that ignores case by the database's collation may find other letters.
                CASE WHEN concat(s.script_name, s.db_session_user, s.metadata ->> 'ticket', s.affected_objects::pg_catalog.text)
                    COLLATE "C" ~ '[^\x01-\x7f]' THEN chr(1) END) AS words
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date >= p_start AND s.load_date < p_end
    ), placed AS MATERIALIZED (
        SELECT v.tenant_hk, v.load_date, v.execution_timestamp, v.words,
            ((row_number() OVER w - 1) / 1000 + sum(octet_length(v.words)) OVER w / 1000000)::pg_catalog.int8 AS block
        FROM version AS v
        WINDOW w AS (PARTITION BY v.tenant_hk ORDER BY v.load_date ROWS UNBOUNDED PRECEDING)
    ), word AS MATERIALIZED (
        SELECT DISTINCT p.tenant_hk, p.block, w.word
        FROM placed AS p
        CROSS JOIN LATERAL unnest(string_to_array(translate(lower(p.words COLLATE "C"),
            E' \t\n\r\f\v!"#$%&''()*+,-./:;<=>?@[\\]^`{|}~', '                                      '), ' ')) AS w (word)
        WHERE w.word <> ''
    ), hashed AS MATERIALIZED (
        SELECT w.word, ARRAY(
            SELECT hashtext(w.word COLLATE "C" || ' ') & 262143
            UNION
            SELECT hashtext(substr(w.word, p.place, 3) COLLATE "C") & 262143 FROM generate_series(1, length(w.word) - 2) AS p (place)
            UNION
            SELECT hashtext(substr(w.word, p.place, 6) COLLATE "C") & 262143 FROM generate_series(1, length(w.word) - 5) AS p (place)
            ) AS slots
        FROM (SELECT DISTINCT w.word FROM word AS w) AS w
    ), slotted AS MATERIALIZED (
        SELECT d.tenant_hk, d.block, array_agg(d.slot ORDER BY d.slot) AS slots
        FROM (
            SELECT DISTINCT w.tenant_hk, w.block, u.slot
            FROM word AS w
            JOIN hashed AS h ON h.word = w.word
            CROSS JOIN LATERAL unnest(h.slots) AS u (slot)
        ) AS d
        GROUP BY d.tenant_hk, d.block
    ), block AS MATERIALIZED (
        SELECT p.tenant_hk, p.block, min(p.load_date) AS block_start, max(p.load_date) AS block_end,
            min(p.execution_timestamp) AS first_execution, max(p.execution_timestamp) AS last_execution,
            count(*) AS versions, array_agg(p.load_date ORDER BY p.load_date) AS load_dates
        FROM placed AS p
        GROUP BY p.tenant_hk, p.block
    ), written AS (
        INSERT INTO script_tracking.search_block (segment_start, tenant_hk, block_start, block_end, first_execution,
            last_execution, versions, load_dates, slots)
        SELECT p_start, b.tenant_hk, b.block_start, b.block_end, b.first_execution, b.last_execution, b.versions,
            CASE WHEN (SELECT count(DISTINCT coalesce(o.tenant_hk, '')) FROM block AS o) > 1 THEN b.load_dates END,
            CASE WHEN cardinality(s.slots) <= c_most_slots THEN s.slots END
        FROM block AS b
        LEFT JOIN slotted AS s ON s.tenant_hk IS NOT DISTINCT FROM b.tenant_hk AND s.block = b.block
        ORDER BY b.block_start
        RETURNING versions, first_execution, last_execution
    ), segment AS (
        INSERT INTO script_tracking.search_segment (segment_start, segment_end, first_execution, last_execution, versions)
        SELECT p_start, p_end, min(w.first_execution), max(w.last_execution), coalesce(sum(w.versions), 0) FROM written AS w
        RETURNING versions
    )
    SELECT g.versions INTO v_versions FROM segment AS g;
    RETURN v_versions;
END
$function$;

COMMENT ON FUNCTION script_tracking.write_search_segment(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Writes the blocks of the search for the versions of a time; returns how many versions';
