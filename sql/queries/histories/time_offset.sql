-- How far the times of a history, which have no zone, are from the DDL that ran before its rows were written: as a number of quarter
-- hours, where all rows that have DDL before them tell that the zone is another one. NULL: they do not tell, or it is right.
-- rows: what is read from the table, as import_migrations gets it.
WITH item AS MATERIALIZED (
    SELECT o.writer, lag(o.writer) OVER (ORDER BY o.writer) AS writer_before, o.applied_at
    FROM pg_catalog.jsonb_to_recordset(%(rows)s::pg_catalog.jsonb) AS o (writer pg_catalog.int8, applied_at pg_catalog.timestamptz)
), distance AS MATERIALIZED (
    SELECT extract(epoch FROM i.applied_at - c.load_date) AS seconds
    FROM item AS i
    CROSS JOIN LATERAL (
        SELECT s.load_date
        FROM script_tracking.script_execution_s AS s
        WHERE s.recorded_by > greatest(i.writer_before, i.writer - 1000, 0)::pg_catalog.text::pg_catalog.xid8
            AND s.recorded_by <= i.writer::pg_catalog.text::pg_catalog.xid8
            AND s.script_type = 'DDL_AUTO' AND s.load_end_date IS NULL
        ORDER BY s.recorded_by DESC
        LIMIT 1) AS c
), shifted AS (
    -- A row is written within a minute of its last DDL; the zones of the world are 26 hours apart.
    SELECT round(d.seconds / 900) AS quarters
    FROM distance AS d
    WHERE abs(d.seconds) < 26 * 3600 AND abs(d.seconds - round(d.seconds / 900) * 900) < 60
)
SELECT CASE WHEN min(s.quarters) = max(s.quarters) AND min(s.quarters) <> 0 THEN min(s.quarters)::pg_catalog.int4 END
FROM shifted AS s
