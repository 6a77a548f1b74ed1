-- Says whether the numbers of the versions of a period have gaps, whether the clock ran backwards between them, and what was
-- recorded in part. For logins that see all tenants: what another tenant did is a gap to everybody else.
CREATE OR REPLACE FUNCTION script_tracking.evidence_numbers(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz
)
RETURNS TABLE (
    measure pg_catalog.text,
    status pg_catalog.text,
    value pg_catalog."numeric",
    detail pg_catalog.text,
    moment pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_first pg_catalog.int8;
    v_last pg_catalog.int8;
    v_count pg_catalog.int8;
    v_notices pg_catalog.int8;
    v_partial pg_catalog.int8;
    v_backwards pg_catalog.int8;
    v_gaps pg_catalog.int8;
BEGIN
    IF NOT script_tracking.sees_all_tenants() THEN
        RETURN QUERY SELECT m.name, 'missing', NULL::pg_catalog."numeric",
            'not shown to this login: it needs one that sees all tenants', NULL::pg_catalog.timestamptz
        FROM unnest('{numbers,partial_records}'::pg_catalog.text[]) AS m (name);
        RETURN QUERY SELECT 'clock', 'part', NULL::pg_catalog."numeric",
            'times are those of the server''s clock; whether it was synchronised is not in the record', NULL::pg_catalog.timestamptz;
        RETURN;
    END IF;
    SELECT min(v.version_number), max(v.version_number), count(*), count(*) FILTER (WHERE v.is_partial),
        count(*) FILTER (WHERE v.load_date < v.load_date_before - '1 minute'::pg_catalog."interval")
    INTO v_first, v_last, v_count, v_partial, v_backwards
    FROM (
        SELECT s.version_number, s.load_date, s.metadata ? 'not_described' AS is_partial,
            lag(s.load_date) OVER (ORDER BY s.version_number) AS load_date_before
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date >= p_since AND s.load_date < p_until
    ) AS v;
    -- Notices and versions of objects have numbers of the same sequence.
    SELECT count(*) INTO v_notices FROM script_tracking.notice AS n
    WHERE n.load_date >= p_since - '1 day'::pg_catalog."interval" AND n.load_date < p_until + '1 day'::pg_catalog."interval"
        AND n.version_number BETWEEN v_first AND v_last;
    SELECT v_notices + count(*) INTO v_notices FROM script_tracking.object_s AS o
    WHERE o.load_date >= p_since - '1 day'::pg_catalog."interval" AND o.load_date < p_until + '1 day'::pg_catalog."interval"
        AND o.version_number BETWEEN v_first AND v_last;
    -- Transactions that were open at the edges of the period have their numbers within, and their rows just outside of it.
    SELECT v_count + count(*) INTO v_count FROM script_tracking.script_execution_s AS s
    WHERE (s.load_date >= p_since - '1 day'::pg_catalog."interval" AND s.load_date < p_since
            OR s.load_date >= p_until AND s.load_date < p_until + '1 day'::pg_catalog."interval")
        AND s.version_number BETWEEN v_first AND v_last;
    v_gaps := greatest(coalesce(v_last - v_first + 1, 0) - v_count - v_notices, 0);
    RETURN QUERY SELECT 'numbers', CASE WHEN v_gaps = 0 THEN 'ok' ELSE 'part' END, v_gaps::pg_catalog."numeric",
        CASE WHEN v_count = 0 THEN 'nothing was written in the period'
            WHEN v_gaps = 0 THEN format('of %s none is missing', script_tracking.evidence_counted(v_last - v_first + 1, 'number'))
            ELSE format('of %s %s missing. A transaction that rolled back leaves such a gap; so would a row removed before its seal',
                script_tracking.evidence_counted(v_last - v_first + 1, 'number'),
                CASE v_gaps WHEN 1 THEN '1 is' ELSE to_char(v_gaps, 'FM999,999,999,999,999') || ' are' END) END,
        NULL::pg_catalog.timestamptz;
    RETURN QUERY SELECT 'partial_records', CASE WHEN v_partial = 0 THEN 'ok' ELSE 'part' END, v_partial::pg_catalog."numeric",
        CASE v_partial WHEN 0 THEN 'no row is marked as recorded without some of its details'
            ELSE 'recorded without some of the details: ' || script_tracking.evidence_counted(v_partial, 'row') END,
        NULL::pg_catalog.timestamptz;
    RETURN QUERY SELECT 'clock', 'part', v_backwards::pg_catalog."numeric",
        CASE WHEN v_count = 0 THEN '' WHEN v_backwards = 0 THEN 'between two numbers the clock never went back by more than a minute; '
            ELSE format('%s more than a minute older than the one numbered before; ', CASE v_backwards WHEN 1 THEN '1 row is'
                ELSE script_tracking.evidence_counted(v_backwards, 'row') || ' are' END) END
        || 'whether the server''s clock was synchronised is not in the record', NULL::pg_catalog.timestamptz;
END
$function$;

COMMENT ON FUNCTION script_tracking.evidence_numbers(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Whether the numbers of the versions of a period have gaps, and whether the clock ran backwards';
