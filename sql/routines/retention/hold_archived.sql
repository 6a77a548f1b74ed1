-- Keeps executions open until the transaction ends that were open when an archive was written, so that they are not
-- removed. Returns false if something from before the cutoff was added since, which the archive's snapshot did not see:
-- an open operation was closed, a lost one came back, or replication brought a row late.
CREATE OR REPLACE FUNCTION script_tracking.hold_archived(
    p_cutoff pg_catalog.timestamptz,
    p_archived pg_catalog.pg_snapshot,
    p_archived_at pg_catalog.timestamptz,
    p_kept pg_catalog.bytea[],
    p_classified pg_catalog.bytea[]
)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET lock_timeout = '1s'
AS $function$
DECLARE
    v_held pg_catalog.int8;
    v_rules pg_catalog.int8;
    v_now CONSTANT pg_catalog.int8 := pg_current_xact_id()::pg_catalog.text::pg_catalog.int8;
BEGIN
    -- What was kept for longer, and so not archived, must not be removed either: the rules stay, and so does their day.
    SELECT count(*) INTO v_rules
    FROM (SELECT FROM script_tracking.setting AS s
        WHERE s.setting_name ~ '^retention\.(tenant|type|least\.class)\.'
        FOR SHARE) AS rule;
    IF EXISTS (SELECT FROM script_tracking.setting_s AS s
            -- By its transaction: one that set a rule before the archive may have committed after it.
            WHERE s.setting_name LIKE 'retention.%' AND NOT pg_visible_in_snapshot(
                greatest(v_now - age(s.xmin), 3)::pg_catalog.text::pg_catalog.xid8, p_archived))
        OR v_rules > 0 AND date_trunc('day', p_archived_at, 'UTC') <> date_trunc('day', now(), 'UTC') THEN
        RETURN false;
    END IF;
    -- Neither may what was kept because of a class that it has no longer.
    IF p_classified <> '{}' THEN
        LOCK TABLE script_tracking.object_class_s IN SHARE MODE;
        IF EXISTS (SELECT c.key FROM unnest(p_classified) AS c (key)
            EXCEPT SELECT k.script_execution_hk FROM script_tracking.kept_class_executions() AS k) THEN
            RETURN false;
        END IF;
    END IF;
    SELECT count(*) INTO v_held
    FROM (SELECT FROM script_tracking.open_execution AS o
        WHERE o.script_execution_hk = ANY (p_kept)
        FOR KEY SHARE) AS held;
    RETURN v_held = cardinality(p_kept) AND NOT EXISTS (
        SELECT
        FROM script_tracking.script_execution_s AS s
        JOIN script_tracking.script_execution_h AS h ON h.script_execution_hk = s.script_execution_hk
        WHERE s.recorded_by >= pg_snapshot_xmin(p_archived) AND NOT pg_visible_in_snapshot(s.recorded_by, p_archived)
            AND s.execution_timestamp < p_cutoff AND h.load_date < p_cutoff);
END
$function$;

COMMENT ON FUNCTION script_tracking.hold_archived(
    pg_catalog.timestamptz, pg_catalog.pg_snapshot, pg_catalog.timestamptz, pg_catalog.bytea[], pg_catalog.bytea[]) IS
    'Keeps open, until the transaction ends, what was open when an archive was written; false: something changed since';
