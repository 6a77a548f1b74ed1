-- What a month of an archive must contain: how many rows of each kind, the longest row in bytes (about), and a sum over
-- the rows' hashes, in which their order does not matter. dbtrack.archive.columns makes the same of the file.
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
SELECT count(*) FILTER (WHERE d.row_kind = 'hub'), count(*) FILTER (WHERE d.row_kind = 'version'),
    count(*) FILTER (WHERE d.row_kind = 'link'), coalesce(sum(d.hash), 0)::text, coalesce(max(d.characters), 0),
    min(d.load_date), max(d.load_date)
FROM (
    SELECT t.row_kind, t.load_date, length(t.content) AS characters,
        ('x' || left(encode(sha256(convert_to(t.content, 'UTF8')), 'hex'), 15))::bit(60)::bigint AS hash
    FROM (
        SELECT r.row_kind, r.load_date, concat_ws(chr(31),
            coalesce(r.row_kind, chr(30)), coalesce(encode(r.script_execution_hk, 'hex'), chr(30)),
            coalesce((extract(epoch FROM r.load_date) * 1000000)::bigint::text, chr(30)),
            coalesce(encode(r.tenant_hk, 'hex'), chr(30)), coalesce(r.record_source, chr(30)),
            coalesce(r.script_execution_bk, chr(30)),
            coalesce((extract(epoch FROM r.load_end_date) * 1000000)::bigint::text, chr(30)),
            coalesce(encode(r.hash_diff, 'hex'), chr(30)), coalesce(r.version_number::text, chr(30)),
            coalesce(r.script_name, chr(30)), coalesce(r.script_type, chr(30)),
            coalesce(r.execution_status, chr(30)),
            coalesce((extract(epoch FROM r.execution_timestamp) * 1000000)::bigint::text, chr(30)),
            coalesce(r.execution_duration_ms::text, chr(30)), coalesce(r.db_session_user, chr(30)),
            coalesce(abbrev(r.client_ip), chr(30)),
            coalesce(array_to_string(r.affected_objects, chr(29), chr(30)), chr(30)),
            coalesce(r.sql_command, chr(30)), coalesce(r.error_message, chr(30)),
            coalesce(r.metadata::text, chr(30)), coalesce(encode(r.script_execution_parent_hk, 'hex'), chr(30)),
            coalesce(encode(r.parent_execution_hk, 'hex'), chr(30)), coalesce(r.link_type, chr(30))) AS content
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
    ) AS t
) AS d
