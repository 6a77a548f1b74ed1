-- Returns which of these events, by id, are not in the record: a failover lost them after they were sent.
CREATE OR REPLACE FUNCTION script_tracking.lost_events(p_event_ids pg_catalog.text[])
RETURNS SETOF pg_catalog.text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT i.event_id
    FROM unnest(p_event_ids) WITH ORDINALITY AS i (event_id, place)
    CROSS JOIN LATERAL (
        SELECT decode(split_part(i.event_id, '-', 1), 'hex') AS event_hk,
            '1970-01-01 00:00:00+00'::pg_catalog.timestamptz
                + split_part(i.event_id, '-', 2)::pg_catalog.int8 * '1 microsecond'::pg_catalog."interval" AS load_date
    ) AS k
    WHERE NOT EXISTS (SELECT FROM script_tracking.script_execution_s AS s
            WHERE s.load_date = k.load_date AND s.script_execution_hk = k.event_hk)
        AND NOT EXISTS (SELECT FROM script_tracking.notice AS n
            WHERE n.load_date = k.load_date AND n.notice_hk = k.event_hk)
    ORDER BY i.place
$function$;

COMMENT ON FUNCTION script_tracking.lost_events(pg_catalog.text[]) IS
    'Which of these events are not in the record: a failover lost them after they were sent';
