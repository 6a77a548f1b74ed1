-- Carries the executions of the schema that adopt_aside.sql moved over into the new tables: every version, with what
-- columns there are, under its own record_source. load_date is now, as it says when a row was written here; the old
-- one stands in metadata.adopted.
DO $adopt_copy$
DECLARE
    v_aside text := coalesce(current_setting('dbtrack.adopted_schema', true), '');
    v_hub regclass := to_regclass(format('%I.script_execution_h', v_aside));
    v_satellite regclass := to_regclass(format('%I.script_execution_s', v_aside));
    v_column record;
    v_expressions text := '';
    v_attributes text[];
    v_now timestamptz := clock_timestamp();
BEGIN
    IF v_aside = '' OR v_hub IS NULL OR v_satellite IS NULL THEN
        RETURN;
    END IF;
    v_attributes := ARRAY(SELECT a.attname::text FROM pg_attribute AS a
        WHERE a.attrelid = v_satellite AND a.attnum > 0 AND NOT a.attisdropped);
    -- Each column of ours: from theirs, cast and cut to fit, or a stand-in where they have none.
    FOR v_column IN
        SELECT c.name, c.cast_to, c.stand_in
        FROM (VALUES
            ('load_date', 'timestamptz', 'clock_timestamp()'),
            ('tenant_hk', 'bytea', 'NULL::bytea'),
            ('script_name', 'varchar(255)', quote_literal('unknown')),
            ('script_type', 'varchar(50)', quote_literal('MANUAL')),
            ('execution_status', 'varchar(20)', quote_literal('COMPLETED')),
            ('execution_timestamp', 'timestamptz', 's.load_date'),
            ('execution_duration_ms', 'bigint', 'NULL::bigint'),
            ('db_session_user', 'varchar(63)', quote_literal('unknown')),
            ('client_ip', 'inet', 'NULL::inet'),
            ('affected_objects', 'text[]', 'NULL::text[]'),
            ('sql_command', 'text', 'NULL::text'),
            ('error_message', 'text', 'NULL::text'),
            ('metadata', 'jsonb', 'NULL::jsonb'),
            ('record_source', 'text', quote_literal('unknown'))) AS c (name, cast_to, stand_in)
    LOOP
        v_expressions := v_expressions || format(', %s AS %I', CASE WHEN v_column.name = ANY (v_attributes)
            THEN format('coalesce(s.%I::%s, %s)', v_column.name, v_column.cast_to, v_column.stand_in)
            ELSE v_column.stand_in END, v_column.name);
    END LOOP;
    EXECUTE format($copy$
        CREATE TEMPORARY TABLE dbtrack_adopted ON COMMIT DROP AS
        SELECT h.script_execution_hk AS hk, h.script_execution_bk::varchar(320) AS bk, old.*,
            %L::timestamptz + (row_number() OVER version - 1) * '1 microsecond'::interval AS new_load_date,
            row_number() OVER version = count(*) OVER execution AS is_current
        FROM %s AS h
        JOIN LATERAL (SELECT s.script_execution_hk AS satellite_hk %s FROM %s AS s
                      WHERE s.script_execution_hk = h.script_execution_hk) AS old ON true
        WHERE length(h.script_execution_hk) = 32
        WINDOW execution AS (PARTITION BY h.script_execution_hk),
            version AS (PARTITION BY h.script_execution_hk ORDER BY old.load_date)
        $copy$, v_now, v_hub, v_expressions, v_satellite);
    INSERT INTO script_tracking.script_execution_h
        (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
    SELECT a.hk, a.bk, a.tenant_hk, a.new_load_date, left('adopted:' || a.record_source, 255)
    FROM pg_temp.dbtrack_adopted AS a WHERE a.new_load_date = v_now;
    INSERT INTO script_tracking.script_execution_s
        (script_execution_hk, load_date, load_end_date, hash_diff, tenant_hk, script_name, script_type,
         execution_status, execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects,
         sql_command, error_message, metadata, record_source, recorded_by)
    SELECT n.hk, n.new_load_date,
        CASE WHEN NOT n.is_current THEN n.new_load_date + '1 microsecond'::interval END,
        script_tracking.calculate_hash_diff(n.tenant_hk, n.script_name, n.script_type, n.status, n.execution_timestamp,
            n.execution_duration_ms, n.db_session_user, n.client_ip, n.objects, n.command, n.message, n.details, n.source),
        n.tenant_hk, n.script_name, n.script_type, n.status, n.execution_timestamp, n.execution_duration_ms,
        n.db_session_user, n.client_ip, n.objects, n.command, n.message, n.details, n.source,
        -- They are no news.
        NULL::xid8
    FROM (
        SELECT a.*,
            -- What was running in the old schema is nobody's to close in the new one.
            CASE WHEN upper(a.execution_status) IN ('COMPLETED', 'FAILED', 'CANCELLED', 'ABANDONED')
                    THEN upper(a.execution_status)
                WHEN upper(a.execution_status) = 'RUNNING' AND NOT a.is_current THEN 'RUNNING'
                ELSE 'ABANDONED' END::varchar(20) AS status,
            coalesce(a.affected_objects, '{}') AS objects,
            script_tracking.redact_statement(a.sql_command, 'secrets', 100000) AS command,
            script_tracking.redact_message(a.error_message) AS message,
            script_tracking.caller_metadata(CASE WHEN jsonb_typeof(a.metadata) = 'object' THEN a.metadata END)
                || jsonb_build_object('adopted', jsonb_build_object('load_date', a.load_date, 'schema', v_aside,
                    'execution_status', a.execution_status)) AS details,
            left('adopted:' || a.record_source, 255)::varchar(255) AS source
        FROM pg_temp.dbtrack_adopted AS a
    ) AS n;
    DROP TABLE pg_temp.dbtrack_adopted;
END
$adopt_copy$;
