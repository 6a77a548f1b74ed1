-- Returns the first transaction that may be in the difference of two snapshots: one that was open in the earlier one and
-- has ended in the later one, else the first id that the earlier one did not see at all. Those that are still open have
-- nothing to show: a thousand of them cost nothing. In PL/pgSQL, as all that each poll calls: a function in SQL is planned
-- again by each statement.
CREATE OR REPLACE FUNCTION script_tracking.first_new_transaction(
    p_earlier pg_catalog.pg_snapshot,
    p_later pg_catalog.pg_snapshot
)
RETURNS pg_catalog.xid8
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN coalesce((
        SELECT o.id FROM pg_snapshot_xip(p_earlier) AS o (id)
        WHERE pg_visible_in_snapshot(o.id, p_later)
        ORDER BY o.id LIMIT 1), pg_snapshot_xmax(p_earlier));
END
$function$;

COMMENT ON FUNCTION script_tracking.first_new_transaction(pg_catalog.pg_snapshot, pg_catalog.pg_snapshot) IS
    'The first transaction that may be in the difference of two snapshots';
