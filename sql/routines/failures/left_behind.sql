-- Returns what a failed execution left behind, as far as it still exists: what the DDL inside it created, which was
-- committed, and an invalid index of a CREATE INDEX CONCURRENTLY. Columns are taken from the statements: a recorded
-- ALTER TABLE names its table.
CREATE OR REPLACE FUNCTION script_tracking.left_behind(p_failure script_tracking.script_execution_s)
RETURNS pg_catalog.text[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $function$
    WITH done AS MATERIALIZED (
        SELECT c.script_name, c.affected_objects, c.sql_command, c.execution_timestamp, c.version_number,
            c.execution_status = 'COMPLETED' AS is_committed
        FROM script_tracking.script_execution_parent_l AS l
        CROSS JOIN LATERAL script_tracking.execution_versions(l.child_execution_hk) AS c
        WHERE l.parent_execution_hk = p_failure.script_execution_hk
            AND l.load_date >= p_failure.execution_timestamp - '1 day'::pg_catalog."interval"
            AND c.load_end_date IS NULL AND script_tracking.is_proven_link(l.link_type, p_failure, c)
        UNION ALL
        SELECT p_failure.script_name, p_failure.affected_objects, p_failure.sql_command, p_failure.execution_timestamp,
            p_failure.version_number, false
    ), left_object AS (
        SELECT d.execution_timestamp, d.version_number, 0 AS place, script_tracking.present_object(d.script_name, o.identity) AS name
        FROM done AS d
        CROSS JOIN LATERAL unnest(d.affected_objects) AS o (identity)
        WHERE d.is_committed AND d.script_name LIKE 'CREATE %'
        UNION ALL
        SELECT d.execution_timestamp, d.version_number, 1, 'column ' || a.attrelid::pg_catalog.regclass::pg_catalog.text || '.'
            || quote_ident(a.attname)
        FROM done AS d
        CROSS JOIN LATERAL regexp_matches(d.sql_command COLLATE "C",
            '\mADD\s+(?!CONSTRAINT\M|PRIMARY\M|UNIQUE\M|CHECK\M|FOREIGN\M|EXCLUDE\M|NOT\M|TABLE\M)(?:COLUMN\s+)?'
            '(?:IF\s+NOT\s+EXISTS\s+)?("(?:[^"]|"")+"|[^[:space:],;("]+)', 'gi') AS m (words)
        JOIN pg_attribute AS a ON a.attrelid = to_regclass(d.affected_objects[1])
            AND a.attname = CASE WHEN m.words[1] LIKE '"%' THEN replace(btrim(m.words[1], '"'), '""', '"')
                ELSE lower(m.words[1] COLLATE "C") END
            AND NOT a.attisdropped
        WHERE d.is_committed AND d.script_name = 'ALTER TABLE'
        UNION ALL
        SELECT d.execution_timestamp, d.version_number, 2, x.indexrelid::pg_catalog.regclass::pg_catalog.text || ' (index, invalid)'
        FROM done AS d
        CROSS JOIN LATERAL regexp_match(d.sql_command COLLATE "C",
            '\mINDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?("(?:[^"]|"")+"|[^[:space:],;("]+)\s+ON\M', 'i') AS m (words)
        JOIN pg_class AS c ON c.relname = CASE WHEN m.words[1] LIKE '"%' THEN replace(btrim(m.words[1], '"'), '""', '"')
            ELSE lower(m.words[1] COLLATE "C") END
        JOIN pg_index AS x ON x.indexrelid = c.oid AND NOT x.indisvalid
        WHERE NOT d.is_committed
    )
    SELECT coalesce(array_agg(n.name ORDER BY n.execution_timestamp, n.version_number, n.place, n.name), '{}')
    FROM (SELECT DISTINCT ON (o.name) o.* FROM left_object AS o WHERE o.name IS NOT NULL ORDER BY o.name, o.execution_timestamp) AS n
$function$;

COMMENT ON FUNCTION script_tracking.left_behind(script_tracking.script_execution_s) IS
    'What a failed execution left behind, as far as it still exists';
