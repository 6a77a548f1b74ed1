-- Records that capture is suspended: the execution, and the row that says why and until when. It runs in the transaction that
-- removes the event triggers, before it does, and only as the owner: nobody may execute it.
CREATE OR REPLACE FUNCTION script_tracking.suspend_capture(
    p_reason pg_catalog.text,
    p_seconds pg_catalog.float8
)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_now CONSTANT pg_catalog.timestamptz := clock_timestamp();
    v_until CONSTANT pg_catalog.timestamptz := v_now + p_seconds * '1 second'::pg_catalog."interval";
    v_reason CONSTANT pg_catalog.text := script_tracking.redact_message(btrim(p_reason));
    v_open script_tracking.suspension;
    v_triggers pg_catalog.jsonb;
    v_execution_hk pg_catalog.bytea;
BEGIN
    SELECT s.* INTO v_open FROM script_tracking.suspension AS s WHERE s.resumed_at IS NULL;
    IF v_open.suspension_id IS NOT NULL THEN
        RAISE EXCEPTION 'capture is already suspended since % by %, until %: %', date_trunc('second', v_open.suspended_at),
            v_open.db_session_user, date_trunc('second', v_open.expires_at), v_open.reason
            USING ERRCODE = 'DT007', HINT = 'nothing was changed; dbtrack resume ends it';
    END IF;
    SELECT jsonb_agg(jsonb_build_object('name', t.evtname, 'event', t.evtevent, 'function', p.proname,
        'fires', script_tracking.trigger_state(t.evtenabled), 'owner', pg_get_userbyid(t.evtowner)) ORDER BY t.evtname)
    INTO v_triggers
    FROM pg_catalog.pg_event_trigger AS t
    JOIN pg_catalog.pg_proc AS p ON p.oid = t.evtfoid
    WHERE p.pronamespace = 'script_tracking'::pg_catalog.regnamespace
        AND p.proname IN ('event_trigger_ddl_start', 'event_trigger_ddl_end', 'event_trigger_sql_drop',
            'event_trigger_table_rewrite');
    IF v_triggers IS NULL THEN
        RAISE EXCEPTION 'there is nothing to suspend: the event triggers are missing'
            USING ERRCODE = 'DT006', HINT = 'nothing was changed; dbtrack doctor shows what captures DDL here';
    END IF;
    SELECT e.o_script_execution_hk INTO v_execution_hk
    FROM script_tracking.insert_execution('dbtrack suspend', 'MAINTENANCE', 'COMPLETED', v_now, NULL, NULL, '{}', NULL, NULL,
        script_tracking.session_metadata() || jsonb_build_object('administration', jsonb_build_object(
            'old', jsonb_build_object('property', 'capture', 'value', 'on'),
            'new', jsonb_build_object('property', 'capture', 'value', 'suspended', 'reason', v_reason, 'until', v_until,
                'event_triggers', v_triggers))), 'administration') AS e;
    INSERT INTO script_tracking.suspension (script_execution_hk, suspended_at, expires_at, reason, event_triggers)
    VALUES (v_execution_hk, v_now, v_until, v_reason, v_triggers);
    RETURN v_execution_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.suspend_capture(pg_catalog.text, pg_catalog.float8) IS
    'Records that capture is suspended, in the transaction that removes the event triggers';
