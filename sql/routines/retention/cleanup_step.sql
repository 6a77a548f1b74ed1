-- Removes executions that started before the cutoff: the oldest whole month by its partitions, or one batch of rows.
-- Never more than one month, because dropping a partition locks everybody out until the end of the transaction.
-- Executions that are still RUNNING stay. An execution is removed with all its versions, also those written after the
-- cutoff.
-- o_is_finished false: call again, in a transaction of its own.
CREATE OR REPLACE FUNCTION script_tracking.cleanup_step(
    p_cutoff pg_catalog.timestamptz,
    p_most_rows pg_catalog.int8,
    OUT o_executions pg_catalog.int8,
    OUT o_partitions pg_catalog.text[],
    OUT o_postponed pg_catalog.text[],
    OUT o_is_finished pg_catalog.bool
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET "TimeZone" = 'UTC'
-- Three tables are locked, one after the other, while later sessions wait.
SET lock_timeout = '25ms'
AS $function$
DECLARE
    v_month pg_catalog.text;
    v_removed pg_catalog.int8;
    v_rows pg_catalog.int8;
    v_undelivered pg_catalog.jsonb;
    v_overdue record;
    v_days pg_catalog.int4;
    v_versions_before pg_catalog.timestamptz;
BEGIN
    PERFORM script_tracking.lock_cleanup();
    v_undelivered := script_tracking.undelivered_before(p_cutoff);
    -- What is removed stays counted in the metrics.
    PERFORM script_tracking.advance_counters();
    o_executions := 0;
    o_partitions := '{}';
    o_postponed := '{}';
    FOR v_month IN SELECT m FROM script_tracking.expired_months(p_cutoff) AS m LOOP
        BEGIN
            v_removed := script_tracking.drop_month(v_month);
            IF v_removed IS NOT NULL THEN
                o_executions := o_executions + v_removed;
                o_partitions := o_partitions || v_month;
                PERFORM script_tracking.note_removal(p_cutoff, v_removed, ARRAY[v_month]);
                PERFORM script_tracking.note_removed_events(p_cutoff, v_undelivered);
                o_is_finished := false;
                RETURN;
            END IF;
        EXCEPTION WHEN lock_not_available THEN
            o_postponed := o_postponed || v_month;
        END;
    END LOOP;
    SELECT r.o_executions, r.o_rows INTO v_removed, v_rows
    FROM script_tracking.remove_rows(p_cutoff, p_most_rows, false, NULL, NULL, NULL) AS r;
    o_executions := o_executions + v_removed;
    PERFORM script_tracking.note_removal(p_cutoff, v_removed, '{}');
    DELETE FROM script_tracking.access_log AS a WHERE a.accessed_at < p_cutoff;
    DELETE FROM script_tracking.notice AS n WHERE n.load_date < p_cutoff;
    DELETE FROM script_tracking.anomaly_score AS a WHERE a.hour_start < p_cutoff;
    DELETE FROM script_tracking.rollup_login AS l WHERE l.hour_start < p_cutoff - '1 hour'::pg_catalog."interval";
    -- What belongs to an execution goes after it.
    DELETE FROM script_tracking.execution_wait_s AS w WHERE w.started_at < p_cutoff AND NOT EXISTS (
        SELECT FROM script_tracking.script_execution_h AS h WHERE h.script_execution_hk = w.script_execution_hk);
    DELETE FROM script_tracking.execution_resolution_s AS r WHERE r.load_date < p_cutoff AND NOT EXISTS (
        SELECT FROM script_tracking.script_execution_h AS h WHERE h.script_execution_hk = r.script_execution_hk);
    PERFORM script_tracking.note_removed_events(p_cutoff, v_undelivered);
    o_is_finished := v_rows < p_most_rows;
    FOR v_overdue IN SELECT o.* FROM script_tracking.overdue_executions() AS o WHERE o.removed_before > p_cutoff LOOP
        v_undelivered := script_tracking.undelivered_before(v_overdue.removed_before);
        SELECT r.o_executions, r.o_rows INTO v_removed, v_rows FROM script_tracking.remove_rows(
            v_overdue.removed_before, p_most_rows, true, v_overdue.tenant_hk, v_overdue.script_type, v_overdue.class_name) AS r;
        o_executions := o_executions + v_removed;
        -- Under its own cutoff: dbtrack verify accepts no removal of anything younger than that.
        PERFORM script_tracking.note_removal(v_overdue.removed_before, v_removed, '{}');
        PERFORM script_tracking.note_removed_events(v_overdue.removed_before, v_undelivered);
        o_is_finished := v_rows < p_most_rows AND o_is_finished;
    END LOOP;
    v_days := script_tracking.current_setting_value('retention.objects_days')::pg_catalog.int4;
    IF v_days > 0 THEN
        v_versions_before := now() - make_interval(days => v_days);
        v_removed := script_tracking.remove_versions(v_versions_before, p_most_rows);
        PERFORM script_tracking.note_removed_versions(p_cutoff, v_removed, v_versions_before);
        o_is_finished := v_removed < p_most_rows AND o_is_finished;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.cleanup_step(pg_catalog.timestamptz, pg_catalog.int8) IS
    'Removes executions that started before the cutoff: whole months, then one batch of rows';
