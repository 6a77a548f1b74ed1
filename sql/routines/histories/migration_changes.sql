-- Returns the captured DDL that belongs to a row of a migration tool's table.
-- how: transaction: the transaction that wrote the row ran it; of several rows of one transaction, between the row before and this;
--          of a row with a time, within a day of it
--      session: the tool committed in between, or wrote the row in a savepoint: the DDL of the last 1,000 transactions after the row
--          before, as far as it was of one session, without pauses of more than ten minutes, and ended within ten minutes of the time
--          of a row that has one. If other sessions ran DDL there too, the last one wrote a row with a time if its DDL ended within
--          a minute of that time, and theirs a second and more before it began, and longer than that. Had one of them written the
--          row, it would have done so soon after its own DDL
-- What ran inside another DDL is not returned, because it belongs to that one.
CREATE OR REPLACE FUNCTION script_tracking.migration_changes(
    p_writer pg_catalog.int8,
    p_after_command pg_catalog.int8,
    p_until_command pg_catalog.int8,
    p_writer_before pg_catalog.int8,
    p_applied_at pg_catalog.timestamptz
)
RETURNS TABLE (
    script_execution_hk pg_catalog.bytea,
    load_date pg_catalog.timestamptz,
    execution_timestamp pg_catalog.timestamptz,
    db_session_user pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    affected_objects pg_catalog.text[],
    operation_hk pg_catalog.bytea,
    how pg_catalog.text
)
LANGUAGE sql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
    WITH same AS MATERIALIZED (
        SELECT s.script_execution_hk, s.load_date
        FROM script_tracking.script_execution_s AS s
        JOIN script_tracking.script_execution_h AS h
            ON h.load_date = s.load_date AND h.script_execution_hk = s.script_execution_hk
        WHERE s.recorded_by = p_writer::pg_catalog.text::pg_catalog.xid8 AND s.script_type = 'DDL_AUTO' AND s.load_end_date IS NULL
            -- A table that was copied or restored has times of its own.
            AND (p_applied_at IS NULL OR abs(extract(epoch FROM s.execution_timestamp - p_applied_at)) <= 86400)
            AND (p_after_command IS NULL OR h.cmin::pg_catalog.text::pg_catalog.int8 > p_after_command)
            AND (p_until_command IS NULL OR h.cmin::pg_catalog.text::pg_catalog.int8 <= p_until_command)
    ), near AS MATERIALIZED (
        SELECT s.script_execution_hk, s.load_date, s.execution_timestamp, s.recorded_by,
            concat_ws(' ', s.metadata ->> 'backend_pid', s.db_session_user) AS session
        FROM script_tracking.script_execution_s AS s
        WHERE NOT EXISTS (SELECT FROM same) AND p_after_command IS NULL
            AND s.recorded_by > greatest(p_writer_before, p_writer - 1000, 0)::pg_catalog.text::pg_catalog.xid8
            AND s.recorded_by < p_writer::pg_catalog.text::pg_catalog.xid8
            AND p_writer_before IS NOT NULL AND s.script_type = 'DDL_AUTO' AND s.load_end_date IS NULL
    ), last_session AS MATERIALIZED (
        SELECT n.*, row_number() OVER written AS place,
            coalesce(lead(n.execution_timestamp) OVER written, p_applied_at) - n.load_date AS pause
        FROM near AS n
        WHERE n.session = (SELECT o.session FROM near AS o ORDER BY o.recorded_by DESC, o.load_date DESC LIMIT 1)
        WINDOW written AS (ORDER BY n.recorded_by, n.load_date)
    ), run AS MATERIALIZED (
        SELECT l.*, min(l.execution_timestamp) OVER () AS began, max(l.load_date) OVER () AS ended
        FROM last_session AS l
        WHERE l.place > (SELECT coalesce(max(p.place), 0) FROM last_session AS p WHERE p.pause > '10 minutes'::pg_catalog."interval")
    ), chosen AS (
        SELECT m.script_execution_hk, m.load_date, 'transaction' AS how FROM same AS m
        UNION ALL
        SELECT r.script_execution_hk, r.load_date, 'session'
        FROM run AS r
        WHERE r.began <= coalesce(p_applied_at, 'infinity') + '10 minutes'::pg_catalog."interval"
            AND NOT EXISTS (SELECT FROM near AS o WHERE o.session <> r.session
                AND (p_applied_at IS NULL OR p_applied_at - r.ended > '1 minute'::pg_catalog."interval"
                    OR r.began - o.load_date < greatest(p_applied_at - r.ended, '1 second'::pg_catalog."interval")))
    )
    SELECT s.script_execution_hk, s.load_date, s.execution_timestamp, s.db_session_user::pg_catalog.text, s.tenant_hk,
        s.affected_objects, (
            SELECT l.parent_execution_hk FROM script_tracking.script_execution_parent_l AS l
            WHERE l.child_execution_hk = s.script_execution_hk AND l.link_type = 'tracked' AND l.load_date >= s.load_date
            ORDER BY l.load_date
            LIMIT 1),
        c.how
    FROM chosen AS c
    JOIN script_tracking.script_execution_s AS s ON s.load_date = c.load_date AND s.script_execution_hk = c.script_execution_hk
    WHERE NOT EXISTS (
        SELECT FROM script_tracking.script_execution_parent_l AS l
        WHERE l.child_execution_hk = c.script_execution_hk AND l.link_type = 'nested' AND l.load_date >= c.load_date
            AND l.load_date < c.load_date + '1 day'::pg_catalog."interval")
    ORDER BY s.execution_timestamp, s.version_number
$function$;

COMMENT ON FUNCTION script_tracking.migration_changes(
    pg_catalog.int8, pg_catalog.int8, pg_catalog.int8, pg_catalog.int8, pg_catalog.timestamptz) IS
    'The captured DDL that belongs to a row of a migration tool''s table, the operation that it is in already, and how that is known: '
    'transaction or session';
