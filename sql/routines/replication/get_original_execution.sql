-- Returns the execution on another node of which a DDL that replication applied is the repetition, if the record of that
-- node is here too. What replication brings keeps the commit time of its origin, to the microsecond: of the DDL and of the
-- record of the original alike, also when they come by two subscriptions (track_commit_timestamp must be on). If they came
-- in one transaction, that suffices. Of several equal commands of one transaction, the first belongs to the first.
-- found_by: transaction, commit time or process (of pgl_ddl_deploy; the latest such command before, which may be another).
CREATE OR REPLACE FUNCTION script_tracking.get_original_execution(execution_key pg_catalog.bytea)
RETURNS TABLE (
    script_execution_hk pg_catalog.bytea,
    load_date pg_catalog.timestamptz,
    execution_timestamp pg_catalog.timestamptz,
    db_session_user pg_catalog."varchar",
    record_source pg_catalog."varchar",
    found_by pg_catalog.text
)
LANGUAGE plpgsql STABLE STRICT ROWS 1
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_applied script_tracking.script_execution_s;
    v_committed_at pg_catalog.timestamptz;
    v_place pg_catalog.int8;
BEGIN
    SELECT v.* INTO v_applied FROM script_tracking.execution_versions(execution_key) AS v
    WHERE v.load_end_date IS NULL AND v.metadata ? 'replicated';
    IF NOT FOUND OR v_applied.recorded_by IS NULL THEN
        RETURN;
    END IF;
    SELECT count(*) INTO v_place FROM script_tracking.script_execution_s AS s
    WHERE s.recorded_by = v_applied.recorded_by AND s.load_end_date IS NULL AND s.metadata ? 'replicated'
        AND s.metadata ->> 'command_tag' = v_applied.metadata ->> 'command_tag'
        AND s.affected_objects = v_applied.affected_objects AND s.load_date <= v_applied.load_date;
    RETURN QUERY SELECT s.script_execution_hk, s.load_date, s.execution_timestamp, s.db_session_user, s.record_source, 'transaction'
    FROM script_tracking.script_execution_s AS s
    WHERE s.recorded_by = v_applied.recorded_by AND s.load_end_date IS NULL AND NOT s.metadata ? 'replicated'
        AND s.metadata ->> 'command_tag' = v_applied.metadata ->> 'command_tag'
        AND s.affected_objects = v_applied.affected_objects
    ORDER BY s.load_date, s.version_number OFFSET v_place - 1 LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    v_committed_at := script_tracking.origin_commit_time(v_applied.recorded_by);
    RETURN QUERY SELECT s.script_execution_hk, s.load_date, s.execution_timestamp, s.db_session_user, s.record_source, 'commit time'
    FROM script_tracking.script_execution_s AS s
    WHERE s.execution_timestamp BETWEEN v_committed_at - pg_catalog."interval" '1 day' AND v_committed_at
        AND s.load_date BETWEEN v_committed_at - pg_catalog."interval" '1 day' AND v_committed_at
        AND s.load_end_date IS NULL AND NOT s.metadata ? 'replicated'
        AND s.metadata ->> 'command_tag' = v_applied.metadata ->> 'command_tag'
        AND s.affected_objects = v_applied.affected_objects
        AND script_tracking.origin_commit_time(s.recorded_by) = v_committed_at
    ORDER BY s.load_date, s.version_number OFFSET v_place - 1 LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT s.script_execution_hk, s.load_date, s.execution_timestamp, s.db_session_user, s.record_source, 'process'
    FROM script_tracking.script_execution_s AS s
    WHERE v_applied.metadata #>> '{replicated,provider_pid}' = s.metadata ->> 'backend_pid'
        AND strpos(s.record_source, '@' || (v_applied.metadata #>> '{replicated,provider}') || ':') > 0
        -- Clocks differ, and the other node may have been away.
        AND s.execution_timestamp BETWEEN v_applied.execution_timestamp - pg_catalog."interval" '7 days'
            AND v_applied.execution_timestamp + pg_catalog."interval" '5 minutes'
        AND s.load_end_date IS NULL AND NOT s.metadata ? 'replicated'
        AND s.metadata ->> 'command_tag' = v_applied.metadata ->> 'command_tag'
        AND s.affected_objects = v_applied.affected_objects
    ORDER BY s.execution_timestamp DESC LIMIT 1;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_original_execution(pg_catalog.bytea) IS
    'The execution on another node that replication repeated here, if its record is here; by the key of what was applied';
