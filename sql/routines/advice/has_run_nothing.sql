-- Returns whether the record has nothing that a login ran since a moment; NULL: that cannot be said quickly. It asks the search index
-- (dbtrack maintain) where the login may be, and reads at most 20,000 versions.
CREATE OR REPLACE FUNCTION script_tracking.has_run_nothing(p_login pg_catalog.text, p_since pg_catalog.timestamptz)
RETURNS pg_catalog.bool
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_bitmapscan = off
SET jit = off
AS $function$
DECLARE
    c_most CONSTANT pg_catalog.int8 := 20000;
    v_place record;
    v_rows pg_catalog.int8;
    v_is_found pg_catalog.bool;
BEGIN
    -- Who is at work is found here.
    SELECT count(*), bool_or(r.db_session_user = p_login) INTO v_rows, v_is_found
    FROM (
        SELECT s.db_session_user FROM script_tracking.script_execution_s AS s
        WHERE s.execution_timestamp >= p_since AND s.load_date >= p_since - '1 day'::pg_catalog."interval"
        ORDER BY s.execution_timestamp DESC LIMIT 1000
    ) AS r;
    IF v_is_found OR v_rows < 1000 THEN
        RETURN NOT coalesce(v_is_found, false);
    END IF;
    v_place := script_tracking.get_search_places(
        format('[[{"text": %s, "is_start": true, "is_end": true}]]', to_json(p_login))::pg_catalog.jsonb, p_since);
    IF v_place.o_starts IS NOT NULL AND v_place.o_versions <= c_most THEN
        RETURN NOT EXISTS (
            SELECT FROM script_tracking.versions_within(v_place.o_starts, v_place.o_ends, v_place.o_load_dates, v_place.o_after) AS s
            WHERE s.db_session_user = p_login AND s.execution_timestamp >= p_since);
    END IF;
    SELECT count(*), bool_or(r.db_session_user = p_login) INTO v_rows, v_is_found
    FROM (
        SELECT s.db_session_user FROM script_tracking.script_execution_s AS s
        WHERE s.execution_timestamp >= p_since AND s.load_date >= p_since - '1 day'::pg_catalog."interval"
        ORDER BY s.execution_timestamp DESC LIMIT c_most
    ) AS r;
    IF v_is_found OR v_rows < c_most THEN
        RETURN NOT coalesce(v_is_found, false);
    END IF;
    RETURN NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.has_run_nothing(pg_catalog.text, pg_catalog.timestamptz) IS
    'Whether the record has nothing that a login ran since a moment; NULL: that cannot be said quickly';
