-- Returns the waits for locks that a push may not have sent: those whose row was written by transaction p_since or a later one
-- (NULL: all), after a key, as many as one message has. A wait has no number and is linked to its execution later than that is
-- recorded, so the transaction says whether it is new. p_since is the oldest one that was open at the last push; so what was
-- committed before that push may come again, and what a subtransaction wrote is not missed, as it would be by comparing snapshots.
CREATE OR REPLACE FUNCTION script_tracking.unsent_waits(
    p_since pg_catalog.int8,
    p_after_hk pg_catalog.bytea,
    p_after_started pg_catalog.timestamptz,
    p_after_seen_by pg_catalog.text
)
RETURNS TABLE (
    script_execution_hk pg_catalog.bytea,
    started_at pg_catalog.timestamptz,
    seen_by pg_catalog.text,
    wait pg_catalog.text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_next CONSTANT pg_catalog.int8 := pg_snapshot_xmax(pg_current_snapshot())::pg_catalog.text::pg_catalog.int8;
BEGIN
    -- xmin has 32 bits: after so many transactions, all are sent again.
    IF v_next - p_since < 1000000000 THEN
        RETURN QUERY
        WITH recent AS MATERIALIZED (
            SELECT w AS found FROM script_tracking.execution_wait_s AS w
            WHERE age(w.xmin) <= age((p_since & 4294967295)::pg_catalog.text::pg_catalog.xid)
        )
        SELECT (r.found).script_execution_hk, (r.found).started_at, (r.found).seen_by::pg_catalog.text,
            to_json(r.found)::pg_catalog.text
        FROM recent AS r
        WHERE ((r.found).script_execution_hk, (r.found).started_at, (r.found).seen_by)
            > (p_after_hk, p_after_started, p_after_seen_by)
        ORDER BY 1, 2, (r.found).seen_by
        LIMIT 500;
    ELSE
        RETURN QUERY
        SELECT w.script_execution_hk, w.started_at, w.seen_by::pg_catalog.text, to_json(w)::pg_catalog.text
        FROM script_tracking.execution_wait_s AS w
        WHERE (w.script_execution_hk, w.started_at, w.seen_by) > (p_after_hk, p_after_started, p_after_seen_by)
        ORDER BY w.script_execution_hk, w.started_at, w.seen_by
        LIMIT 500;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.unsent_waits(
    pg_catalog.int8, pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.text) IS
    'The waits for locks that dbtrack push may not have sent; for administrators';
