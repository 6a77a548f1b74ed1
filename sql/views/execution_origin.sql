-- Who and what an execution came from: its login, its statement, and the operation inside which it ran.
CREATE OR REPLACE VIEW script_tracking.execution_origin
WITH (security_invoker = true) AS
SELECT
    s.script_execution_hk,
    s.load_date,
    s.script_name,
    s.script_type,
    s.execution_timestamp,
    -- What replication applied is the work of whoever did it on another node, as far as that node's record is here.
    CASE WHEN s.metadata ? 'replicated' THEN (
        SELECT g.db_session_user FROM script_tracking.get_original_execution(s.script_execution_hk) AS g)
        ELSE s.db_session_user END::pg_catalog."varchar"(63) AS db_session_user,
    s.metadata ->> 'command_tag' AS command_tag,
    s.sql_command,
    coalesce(o.ticket, s.metadata ->> 'ticket') AS ticket,
    o.operation_hk,
    o.operation_name
FROM script_tracking.script_execution_s AS s
LEFT JOIN LATERAL (
    SELECT p.script_execution_hk AS operation_hk, p.script_name AS operation_name, p.metadata ->> 'ticket' AS ticket
    FROM (
        SELECT l.parent_execution_hk, l.load_date
        FROM script_tracking.script_execution_parent_l AS l
        WHERE l.child_execution_hk = s.script_execution_hk AND l.link_type = 'tracked'
            -- A link is written with the execution: only its month is read.
            AND l.load_date >= s.load_date AND l.load_date < s.load_date + '1 day'::pg_catalog."interval"
        UNION ALL
        -- DDL that another DDL ran is in the operation of the outer one.
        SELECT u.parent_execution_hk, u.load_date
        FROM script_tracking.script_execution_parent_l AS l
        JOIN script_tracking.script_execution_parent_l AS u ON u.child_execution_hk = l.parent_execution_hk
        WHERE l.child_execution_hk = s.script_execution_hk AND l.link_type = 'nested' AND u.link_type = 'tracked'
            AND l.load_date >= s.load_date AND l.load_date < s.load_date + '1 day'::pg_catalog."interval"
            AND u.load_date >= s.load_date AND u.load_date < s.load_date + '1 day'::pg_catalog."interval"
        UNION ALL
        -- The history of a migration tool was imported later: the months since then are read only if nothing was found before.
        SELECT u.parent_execution_hk, u.load_date
        FROM (
            SELECT s.script_execution_hk AS child_hk
            UNION ALL
            SELECT l.parent_execution_hk
            FROM script_tracking.script_execution_parent_l AS l
            WHERE l.child_execution_hk = s.script_execution_hk AND l.link_type = 'nested'
                AND l.load_date >= s.load_date AND l.load_date < s.load_date + '1 day'::pg_catalog."interval") AS c
        JOIN script_tracking.script_execution_parent_l AS u ON u.child_execution_hk = c.child_hk
        WHERE u.link_type = 'tracked' AND u.load_date >= s.load_date AND s.script_type = 'DDL_AUTO'
            AND EXISTS (SELECT FROM script_tracking.installation AS i WHERE i.property_name LIKE 'history.%')
        LIMIT 1) AS k
    JOIN script_tracking.script_execution_h AS h ON h.script_execution_hk = k.parent_execution_hk
        -- An operation is recorded before what is linked to it.
        AND h.load_date <= k.load_date
    JOIN script_tracking.script_execution_s AS p ON p.load_date = h.load_date AND p.script_execution_hk = h.script_execution_hk
    LIMIT 1) AS o ON true
WHERE s.load_end_date IS NULL;

COMMENT ON VIEW script_tracking.execution_origin IS
    'Of each execution the login, the statement, and the operation inside which it ran, with its ticket';
