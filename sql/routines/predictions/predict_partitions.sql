-- Says until when partitions exist: the end of the last month for which each of the record's tables has one. DUE: there is none
-- ahead.
CREATE OR REPLACE FUNCTION script_tracking.predict_partitions()
RETURNS TABLE (
    kind pg_catalog.text,
    subject pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    state pg_catalog.text,
    expected_from pg_catalog.timestamptz,
    expected_at pg_catalog.timestamptz,
    expected_until pg_catalog.timestamptz,
    confidence pg_catalog."numeric",
    cases pg_catalog.int8,
    basis pg_catalog.text,
    execution_key pg_catalog.bytea
)
LANGUAGE sql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
AS $function$
    SELECT 'partitions', 'partitions run out', NULL::pg_catalog.bytea,
        CASE WHEN m.months_ahead > 0 THEN 'EXPECTED' ELSE 'DUE' END, m.ends_at, m.ends_at, m.ends_at, 1::pg_catalog."numeric",
        m.months_ahead, format('%s months are created ahead; each run of dbtrack maintain keeps it at %s, and without it later rows go '
            'to the default partitions', m.months_ahead, script_tracking.current_setting_value('partitions.months_ahead')),
        NULL::pg_catalog.bytea
    FROM (
        SELECT max(r.month_start) + '1 month'::pg_catalog."interval" AS ends_at,
            count(*) FILTER (WHERE r.month_start > statement_timestamp()) AS months_ahead
        FROM script_tracking.record_months() AS r
        WHERE r.parent_count = 5
    ) AS m
$function$;

COMMENT ON FUNCTION script_tracking.predict_partitions() IS 'Until when the record has partitions: EXPECTED or DUE';
