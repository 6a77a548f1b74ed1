-- Returns when a transaction committed; one that replication applied: when its origin committed. NULL if that is not kept:
-- without track_commit_timestamp, and for old transactions.
CREATE OR REPLACE FUNCTION script_tracking.origin_commit_time(p_transaction pg_catalog.xid8)
RETURNS pg_catalog.timestamptz
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- The time is found by the lower half of the number, which comes again.
    IF current_setting('track_commit_timestamp') = 'on' AND p_transaction::pg_catalog.text::pg_catalog.int8
        BETWEEN pg_snapshot_xmax(pg_current_snapshot())::pg_catalog.text::pg_catalog.int8 - 2000000000
        AND pg_snapshot_xmax(pg_current_snapshot())::pg_catalog.text::pg_catalog.int8 THEN
        RETURN pg_xact_commit_timestamp(p_transaction::pg_catalog.xid);
    END IF;
    RETURN NULL;
EXCEPTION
    -- A standby whose primary does not keep the times.
    WHEN object_not_in_prerequisite_state THEN
        RETURN NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.origin_commit_time(pg_catalog.xid8) IS
    'When a transaction committed, or the origin of one that replication applied';
