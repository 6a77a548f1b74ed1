-- Returns the days in a range that trends of this kind can read from rollup_day: of types and names only those of which they have rows
-- for all whom the caller asks for.
CREATE OR REPLACE FUNCTION script_tracking.trend_days(
    p_kind pg_catalog.text,
    p_tenant_hk pg_catalog.bytea,
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz,
    p_step pg_catalog.text,
    p_zone pg_catalog.text
)
RETURNS pg_catalog.tstzmultirange
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    c_most_spans CONSTANT pg_catalog.int4 := 3;
    v_days pg_catalog.tstzmultirange := script_tracking.whole_rollup_days(p_since, p_until, p_step, p_zone);
    v_key pg_catalog.bytea := p_tenant_hk;
    v_without pg_catalog.tstzmultirange;
    v_rest pg_catalog.tstzmultirange;
BEGIN
    IF isempty(v_days) THEN
        RETURN v_days;
    END IF;
    IF p_kind IN ('type', 'name') THEN
        IF p_tenant_hk IS NULL AND EXISTS (SELECT FROM script_tracking.rollup_day AS r WHERE r.tenant_hk = '') THEN
            v_key := '';
        END IF;
        IF v_key IS NULL THEN
            SELECT range_agg(tstzrange(s.day_start, s.day_end)) INTO v_without
            FROM script_tracking.rollup_day AS r
            JOIN script_tracking.rollup_day_state AS s ON s.day_start = r.day_start
            WHERE r.subject_kind = 'all' AND r.day_start >= p_since AND r.day_start < p_until AND r.tenant_hk <> ''
                AND NOT CASE p_kind WHEN 'type' THEN r.has_types ELSE r.has_names END;
        ELSE
            -- Day by day: to a range the planner would prefer the index of all tenants.
            SELECT range_agg(tstzrange(d.day_start, d.day_end)) INTO v_without
            FROM unnest(ARRAY(SELECT s.day_start FROM script_tracking.rollup_day_state AS s
                    WHERE s.day_start >= p_since AND s.day_start < p_until ORDER BY s.day_start),
                ARRAY(SELECT s.day_end FROM script_tracking.rollup_day_state AS s
                    WHERE s.day_start >= p_since AND s.day_start < p_until ORDER BY s.day_start)) AS d (day_start, day_end)
            JOIN script_tracking.rollup_day AS r ON r.tenant_hk = v_key AND r.subject_kind = 'all' AND r.day_start = d.day_start
            WHERE NOT CASE p_kind WHEN 'type' THEN r.has_types ELSE r.has_names END;
        END IF;
        v_days := v_days - coalesce(v_without, '{}');
    END IF;
    -- Each span of hours is a call of its own; many are read as one. Rows of names are read at once in any case.
    v_rest := tstzmultirange(tstzrange(p_since, p_until)) - v_days;
    IF p_kind IS DISTINCT FROM 'name' AND (SELECT count(*) FROM unnest(v_rest)) > c_most_spans THEN
        v_days := v_days - tstzmultirange(range_merge(v_rest));
    END IF;
    RETURN v_days;
END
$function$;

COMMENT ON FUNCTION script_tracking.trend_days(
    pg_catalog.text, pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text) IS
    'The days in a range that trends of a kind read from the rollups';
