-- Returns versions whose rows were written by transaction p_since or a later one, as many as one message has, after a place: among them
-- those from which an erasure has removed values. Read when an erasure was recorded, since it reads the whole record.
CREATE OR REPLACE FUNCTION script_tracking.rewritten_versions(
    p_since pg_catalog.int8,
    p_after pg_catalog.timestamptz,
    p_after_hk pg_catalog.bytea
)
RETURNS TABLE (load_date pg_catalog.timestamptz, script_execution_hk pg_catalog.bytea)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET jit = off
AS $function$
    SELECT s.load_date, s.script_execution_hk
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_date >= p_after AND (s.load_date, s.script_execution_hk) > (p_after, p_after_hk)
        AND (pg_snapshot_xmax(pg_current_snapshot())::pg_catalog.text::pg_catalog.int8 - p_since > 1000000000
            OR age(s.xmin) <= age((p_since & 4294967295)::pg_catalog.text::pg_catalog.xid))
    ORDER BY s.load_date, s.script_execution_hk
    LIMIT 1000
$function$;

COMMENT ON FUNCTION script_tracking.rewritten_versions(pg_catalog.int8, pg_catalog.timestamptz, pg_catalog.bytea) IS
    'Versions that were written since a transaction, those that an erasure changed among them; for administrators';
