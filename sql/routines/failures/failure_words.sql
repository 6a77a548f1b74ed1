-- Returns one failure of a pattern in words: its SQLSTATE, if it is known, and its message without the names and numbers in it.
CREATE OR REPLACE FUNCTION script_tracking.failure_words(
    p_execution_hk pg_catalog.bytea,
    p_load_date pg_catalog.timestamptz
)
RETURNS pg_catalog.text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT concat_ws(' ', c.sqlstate, coalesce(left(c.message, 120), lower(s.execution_status COLLATE "C")))
    FROM script_tracking.script_execution_s AS s
    CROSS JOIN LATERAL script_tracking.failure_cause(s) AS c
    WHERE s.load_date = p_load_date AND s.script_execution_hk = p_execution_hk
$function$;

COMMENT ON FUNCTION script_tracking.failure_words(pg_catalog.bytea, pg_catalog.timestamptz) IS
    'SQLSTATE and message of a failure, without the names and numbers in it';
