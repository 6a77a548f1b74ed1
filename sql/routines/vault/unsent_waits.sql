-- Returns the waits for locks that a push has not sent: those that were committed when p_now was taken, and not when p_known was
-- (NULL: all), after a key, as many as one message has. A wait has no number and is linked to its execution later than that is
-- recorded, so the transaction that wrote its row says whether it is new. Half a number, as xmin is, may make an old row look new
-- after four billion transactions: the vault has it, and keeps it once.
CREATE OR REPLACE FUNCTION script_tracking.unsent_waits(
    p_known pg_catalog.pg_snapshot,
    p_now pg_catalog.pg_snapshot,
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
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET jit = off
AS $function$
    SELECT w.script_execution_hk, w.started_at, w.seen_by::pg_catalog.text, to_json(w)::pg_catalog.text
    FROM script_tracking.execution_wait_s AS w
    CROSS JOIN LATERAL (
        SELECT n.number - ((n.number - w.xmin::pg_catalog.text::pg_catalog.int8) & 4294967295) AS number
        FROM (SELECT pg_snapshot_xmax(p_now)::pg_catalog.text::pg_catalog.int8 AS number) AS n) AS t
    WHERE (w.script_execution_hk, w.started_at, w.seen_by) > (p_after_hk, p_after_started, p_after_seen_by)
        AND pg_visible_in_snapshot(t.number::pg_catalog.text::pg_catalog.xid8, p_now)
        AND (p_known IS NULL OR NOT pg_visible_in_snapshot(t.number::pg_catalog.text::pg_catalog.xid8, p_known))
    ORDER BY w.script_execution_hk, w.started_at, w.seen_by
    LIMIT 500
$function$;

COMMENT ON FUNCTION script_tracking.unsent_waits(
    pg_catalog.pg_snapshot, pg_catalog.pg_snapshot, pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.text) IS
    'The waits for locks that dbtrack push has not sent; for administrators';
