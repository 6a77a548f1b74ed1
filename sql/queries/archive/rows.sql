-- One month of an archive, in the order of the columns of dbtrack.archive.columns.
COPY (
WITH RECURSIVE late AS (
    -- Versions written after the cutoff, of executions that began before it: each begins where the one before ends.
    SELECT n.script_execution_hk, n.load_date, n.load_end_date
    FROM script_tracking.script_execution_s AS s
    JOIN script_tracking.script_execution_s AS n
        ON n.load_date = s.load_end_date AND n.script_execution_hk = s.script_execution_hk
    WHERE %(is_last)s::boolean AND s.load_date < %(end)s::timestamptz AND s.load_end_date >= %(end)s::timestamptz
        AND s.script_execution_hk <> ALL (%(kept)s::bytea[])
    UNION ALL
    SELECT n.script_execution_hk, n.load_date, n.load_end_date
    FROM late AS e
    JOIN script_tracking.script_execution_s AS n
        ON n.load_date = e.load_end_date AND n.script_execution_hk = e.script_execution_hk
)
SELECT
    r.row_kind, encode(r.script_execution_hk, 'hex'), (extract(epoch FROM r.load_date) * 1000000)::bigint,
    encode(r.tenant_hk, 'hex'), r.record_source, r.script_execution_bk,
    (extract(epoch FROM r.load_end_date) * 1000000)::bigint, encode(r.hash_diff, 'hex'), r.version_number,
    r.script_name, r.script_type, r.execution_status, (extract(epoch FROM r.execution_timestamp) * 1000000)::bigint,
    r.execution_duration_ms, r.db_session_user, abbrev(r.client_ip), to_json(r.affected_objects), r.sql_command,
    r.error_message, r.metadata, encode(r.script_execution_parent_hk, 'hex'), encode(r.parent_execution_hk, 'hex'),
    r.link_type
FROM (
    SELECT w.*
    FROM script_tracking.archivable_row AS w
    WHERE w.load_date >= %(begin)s::timestamptz AND w.load_date < %(end)s::timestamptz
        AND w.script_execution_hk <> ALL (%(kept)s::bytea[])
    UNION ALL
    SELECT w.*
    FROM script_tracking.archivable_row AS w
    JOIN late AS e ON e.load_date = w.load_date AND e.script_execution_hk = w.script_execution_hk
    WHERE w.row_kind = 'version' AND w.load_date >= %(end)s::timestamptz
) AS r
) TO STDOUT (FORMAT csv, NULL E'\\N')
