-- What endpoints had sent and the last failover of 30 days lost, unless somebody has accepted it since.
WITH rewound AS (
    SELECT n.load_date, n.notice_data,
        max((n.notice_data ->> 'new_timeline')::bigint) OVER () = (n.notice_data ->> 'new_timeline')::bigint AS is_last
    FROM script_tracking.notice AS n
    WHERE n.notice_type = 'record.rewound' AND n.load_date > statement_timestamp() - '30 days'::interval
), last AS (
    SELECT count(DISTINCT l.event_id) AS events, count(DISTINCT r.notice_data ->> 'endpoint') AS endpoints,
        min(r.load_date) AS rewound_at, min((r.notice_data ->> 'old_timeline')::bigint) AS old_timeline,
        min((r.notice_data ->> 'new_timeline')::bigint) AS new_timeline
    FROM rewound AS r
    CROSS JOIN LATERAL jsonb_array_elements_text(r.notice_data -> 'lost') AS l (event_id)
    WHERE r.is_last
)
SELECT CASE WHEN EXISTS (
    SELECT FROM script_tracking.script_execution_s AS s
    WHERE s.script_name = 'dbtrack accept fork' AND s.script_type = 'MAINTENANCE'
        AND s.execution_status = 'COMPLETED' AND s.load_date > l.rewound_at
) THEN 0 ELSE l.events END, l.endpoints, l.rewound_at, l.old_timeline, l.new_timeline
FROM last AS l
