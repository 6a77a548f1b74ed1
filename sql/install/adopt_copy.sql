-- Copies the executions of the schema that adopt_aside.sql moved aside into the new tables: every execution, version,
-- tenant and column, under its own record_source. load_date is now, because it says when a row was written here. Values
-- that have no column here, or do not fit, are in metadata.adopted, with the old load_date and status. A value that
-- cannot be copied stops the installation.
DO $adopt_copy$
DECLARE
    c_statuses constant jsonb := '{
        "COMPLETED": ["COMPLETED", "COMPLETE", "SUCCESS", "SUCCEEDED", "SUCCESSFUL", "OK", "DONE", "FINISHED", "PASSED", "APPLIED",
            "WARNING", "COMPLETED_WITH_WARNINGS"],
        "FAILED": ["FAILED", "FAIL", "FAILURE", "ERROR", "ERRORED", "TIMEOUT", "TIMED_OUT", "ROLLED_BACK"],
        "CANCELLED": ["CANCELLED", "CANCELED", "ABORTED", "KILLED", "TERMINATED", "SKIPPED"],
        "ABANDONED": ["ABANDONED", "UNKNOWN", "LOST", "STALE"],
        "RUNNING": ["RUNNING", "STARTED", "IN_PROGRESS", "PENDING", "QUEUED", "EXECUTING", "ACTIVE"]}';
    v_aside text := coalesce(current_setting('dbtrack.adopted_schema', true), '');
    v_hub regclass := to_regclass(format('%I.script_execution_h', v_aside));
    v_satellite regclass := to_regclass(format('%I.script_execution_s', v_aside));
    v_column record;
    v_hub_columns text := '';
    v_columns text := '';
    v_rest text := 'to_jsonb(s)';
    v_findings text;
    v_report jsonb;
    v_now timestamptz := clock_timestamp();
BEGIN
    IF v_aside = '' THEN
        RETURN;
    END IF;
    -- A value of another type is cast if that is possible; otherwise the result is NULL, and the old value stays in
    -- metadata.
    CREATE OR REPLACE FUNCTION pg_temp.dbtrack_cast(p_value text, p_type anyelement) RETURNS anyelement LANGUAGE plpgsql AS $cast$
    BEGIN
        EXECUTE format('SELECT %L::%s', p_value, pg_typeof(p_type)) INTO p_type;
        RETURN p_type;
    EXCEPTION WHEN data_exception OR invalid_text_representation OR numeric_value_out_of_range THEN
        RETURN NULL;
    END $cast$;
    -- A hash key: 32 bytes stay as they are, 64 hexadecimal digits become bytes, and of anything else the SHA-256 is
    -- taken.
    CREATE OR REPLACE FUNCTION pg_temp.dbtrack_key(p_value text) RETURNS bytea LANGUAGE sql AS $key$
        SELECT CASE WHEN p_value ~ '^(\\x)?[0-9a-fA-F]{64}$' THEN decode(right(p_value, 64), 'hex')
            ELSE sha256(convert_to(p_value, 'UTF8')) END $key$;
    CREATE OR REPLACE FUNCTION pg_temp.dbtrack_objects(p_value jsonb) RETURNS text[] LANGUAGE sql AS $objects$
        SELECT CASE jsonb_typeof(p_value)
            WHEN 'array' THEN ARRAY(SELECT a FROM jsonb_array_elements_text(p_value) AS a WHERE a IS NOT NULL)
            WHEN 'string' THEN ARRAY[p_value #>> '{}'] END $objects$;
    CREATE OR REPLACE FUNCTION pg_temp.dbtrack_cut(p_value text, p_longest integer) RETURNS text LANGUAGE sql AS $cut$
        SELECT CASE WHEN length(p_value) > p_longest THEN left(p_value, p_longest - 3) || '...' ELSE p_value END $cut$;
    CREATE OR REPLACE FUNCTION pg_temp.dbtrack_safe(p_columns jsonb) RETURNS jsonb LANGUAGE sql AS $safe$
        SELECT script_tracking.redact_metadata(jsonb_object_agg(c.key, CASE WHEN jsonb_typeof(c.value) = 'string'
            THEN to_jsonb(script_tracking.redact_statement(c.value #>> '{}', 'secrets', 10000000)) ELSE c.value END))
        FROM jsonb_each(p_columns) AS c WHERE c.value <> 'null' $safe$;

    -- Each column of ours is filled from theirs; NULL if they have none. Dates and numbers are cast as PostgreSQL
    -- would.
    FOR v_column IN
        SELECT c.name, c.cast_to, h.atttypid IS NOT NULL AS in_hub, s.atttypid IS NOT NULL AS in_satellite, c.is_carried,
            CASE WHEN c.cast_to = 'key' THEN format('pg_temp.dbtrack_key(%%1$s.%I::text)', c.name)
                WHEN c.cast_to = 'objects' THEN format('pg_temp.dbtrack_objects(to_jsonb(%%1$s.%I))', c.name)
                WHEN c.cast_to = 'text' OR (
                    SELECT bool_and(t.id = c.cast_to::regtype OR EXISTS (SELECT FROM pg_cast AS k
                        WHERE k.castsource = t.id AND k.casttarget = c.cast_to::regtype AND k.castcontext IN ('i', 'a')))
                    FROM (VALUES (h.atttypid), (s.atttypid)) AS t (id) WHERE t.id IS NOT NULL)
                THEN format('%%1$s.%I::%s', c.name, c.cast_to)
                ELSE format('pg_temp.dbtrack_cast(%%1$s.%I::text, NULL::%s)', c.name, c.cast_to) END AS expression
        FROM (VALUES ('script_execution_hk', 'key', true), ('script_execution_bk', 'text', true), ('tenant_hk', 'key', true),
            ('load_date', 'timestamptz', true), ('load_end_date', 'timestamptz', false), ('version_number', 'numeric', false),
            ('script_name', 'text', true), ('script_type', 'text', true), ('execution_status', 'text', true),
            ('execution_timestamp', 'timestamptz', true), ('execution_duration_ms', 'int8', true),
            ('db_session_user', 'text', true), ('client_ip', 'inet', true), ('affected_objects', 'objects', true),
            ('sql_command', 'text', true), ('error_message', 'text', true), ('metadata', 'jsonb', true),
            ('record_source', 'text', true)) AS c (name, cast_to, is_carried)
        LEFT JOIN pg_attribute AS h ON h.attrelid = v_hub AND h.attname = c.name AND NOT h.attisdropped
        LEFT JOIN pg_attribute AS s ON s.attrelid = v_satellite AND s.attname = c.name AND NOT s.attisdropped
    LOOP
        v_hub_columns := v_hub_columns || format(', %s AS %I', CASE WHEN v_column.in_hub
            THEN format(v_column.expression, 'h')
            ELSE 'NULL::' || CASE v_column.cast_to WHEN 'key' THEN 'bytea' WHEN 'objects' THEN 'text[]' ELSE v_column.cast_to END
            END, v_column.name);
        v_columns := v_columns || format(', %s AS %I', CASE WHEN v_column.in_satellite
            THEN format(v_column.expression, 's')
            ELSE 'NULL::' || CASE v_column.cast_to WHEN 'key' THEN 'bytea' WHEN 'objects' THEN 'text[]' ELSE v_column.cast_to END
            END, v_column.name);
        IF v_column.in_satellite AND v_column.is_carried THEN
            -- The value is in a column of ours, unless it could not be cast.
            v_rest := format('%s - CASE WHEN %s IS NOT NULL THEN %L ELSE %L END', v_rest, format(v_column.expression, 's'),
                v_column.name, '');
        END IF;
    END LOOP;
    EXECUTE format($collect$
        CREATE TEMPORARY TABLE dbtrack_adopted ON COMMIT DROP AS
        WITH hub AS (SELECT row_number() OVER () AS hub_row, h.script_execution_hk::text AS old_key,
                to_jsonb(h) - '{script_execution_hk,script_execution_bk,tenant_hk}'::text[] AS rest %1$s FROM %2$s AS h),
            satellite AS (SELECT s.script_execution_hk::text AS old_key, %3$s AS rest %4$s FROM %5$s AS s)
        SELECT coalesce(h.script_execution_hk, s.script_execution_hk) AS hk, h.script_execution_bk AS bk,
            nullif(coalesce(h.old_key, s.old_key), '\x' || encode(coalesce(h.script_execution_hk, s.script_execution_hk), 'hex'))
                AS old_key,
            h.hub_row, h.script_execution_hk AS hub_hk, s.script_execution_hk AS satellite_hk,
            h.hub_row IS NULL AS is_without_hub, s.rest IS NULL AS is_without_version,
            coalesce(s.tenant_hk, h.tenant_hk) AS tenant_hk, coalesce(s.load_date, h.load_date) AS load_date,
            s.load_end_date, s.version_number, s.script_type, s.execution_status, s.db_session_user, s.client_ip,
            coalesce(s.script_name, h.script_execution_bk, 'unknown') AS script_name,
            coalesce(s.execution_timestamp, s.load_date, h.load_date, %6$L) AS execution_timestamp,
            s.execution_duration_ms, s.affected_objects, s.sql_command, s.error_message, s.metadata,
            coalesce(s.record_source, h.record_source, 'unknown') AS record_source, h.rest AS hub_rest, s.rest AS rest,
            %7$L::boolean AS has_status
        FROM hub AS h FULL JOIN satellite AS s ON s.script_execution_hk = h.script_execution_hk
        $collect$, v_hub_columns, v_hub, v_rest, v_columns, v_satellite, v_now,
        EXISTS (SELECT FROM pg_attribute AS a
            WHERE a.attrelid = v_satellite AND a.attname = 'execution_status' AND NOT a.attisdropped));
    ALTER TABLE pg_temp.dbtrack_adopted ADD COLUMN status text, ADD COLUMN place integer, ADD COLUMN is_current boolean;
    UPDATE pg_temp.dbtrack_adopted AS a SET status = CASE
        WHEN a.is_without_version THEN 'ABANDONED'
        WHEN a.execution_status IS NULL THEN CASE WHEN a.has_status THEN 'ABANDONED' ELSE 'COMPLETED' END
        ELSE (SELECT m.key FROM jsonb_each(c_statuses) AS m
              WHERE m.value ? regexp_replace(upper(btrim(a.execution_status) COLLATE "C"), '[ -]+', '_', 'g')) END;

    SELECT string_agg(f.finding, '; ') INTO v_findings FROM (
        SELECT format('%s rows of the hub without a key', count(*)) FROM pg_temp.dbtrack_adopted AS a
        WHERE NOT a.is_without_hub AND a.hub_hk IS NULL HAVING count(*) > 0
        UNION ALL
        SELECT format('%s rows of the satellite without a key', count(*)) FROM pg_temp.dbtrack_adopted AS a
        WHERE NOT a.is_without_version AND a.satellite_hk IS NULL HAVING count(*) > 0
        UNION ALL
        SELECT format('%s executions that the hub has more than once', count(*)) FROM (
            SELECT FROM pg_temp.dbtrack_adopted AS a WHERE NOT a.is_without_hub
            GROUP BY a.hub_hk HAVING count(DISTINCT a.hub_row) > 1) AS d HAVING count(*) > 0
        UNION ALL
        SELECT format('%s versions with the status %s', count(*), a.execution_status) FROM pg_temp.dbtrack_adopted AS a
        WHERE a.status IS NULL GROUP BY a.execution_status
    ) AS f (finding);
    IF v_findings IS NOT NULL THEN
        RAISE EXCEPTION 'these cannot be copied: %', v_findings USING ERRCODE = 'DT008',
            HINT = 'nothing was changed; correct them in the old tables, and try again';
    END IF;

    -- Both versions of an execution may have the same load_date: then the order is that of the version number, or shows
    -- which is open.
    UPDATE pg_temp.dbtrack_adopted AS a SET place = o.place, is_current = o.place = o.versions,
        -- Nobody can close in the new schema what was running in the old one.
        status = CASE WHEN a.status = 'RUNNING' AND o.place = o.versions THEN 'ABANDONED' ELSE a.status END
    FROM (
        SELECT v.ctid AS id, row_number() OVER (PARTITION BY v.hk ORDER BY v.version_number NULLS FIRST, v.load_date NULLS FIRST,
                v.load_end_date IS NULL OR v.load_end_date >= '9999-01-01', v.load_end_date, v.status <> 'RUNNING', v.ctid) AS place,
            count(*) OVER (PARTITION BY v.hk) AS versions
        FROM pg_temp.dbtrack_adopted AS v) AS o
    WHERE a.ctid = o.id;

    INSERT INTO script_tracking.script_execution_h
        (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
    SELECT a.hk, pg_temp.dbtrack_cut(coalesce(a.bk, a.script_name), 320), a.tenant_hk, v_now,
        left('adopted:' || a.record_source, 255)
    FROM pg_temp.dbtrack_adopted AS a WHERE a.place = 1;
    INSERT INTO script_tracking.script_execution_s
        (script_execution_hk, load_date, load_end_date, hash_diff, tenant_hk, script_name, script_type,
         execution_status, execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects,
         sql_command, error_message, metadata, record_source, recorded_by)
    SELECT n.hk, v_now + (n.place - 1) * '1 microsecond'::interval,
        CASE WHEN NOT n.is_current THEN v_now + n.place * '1 microsecond'::interval END,
        script_tracking.calculate_hash_diff(n.tenant_hk, n.name, n.type, n.status, n.execution_timestamp,
            n.execution_duration_ms, n.login, n.client_ip, n.objects, n.command, n.message, n.details, n.source),
        n.tenant_hk, n.name, n.type, n.status, n.execution_timestamp, n.execution_duration_ms,
        n.login, n.client_ip, n.objects, n.command, n.message, n.details, n.source,
        -- They are not events.
        NULL::xid8
    FROM (
        SELECT a.hk, a.place, a.is_current, a.load_date, a.tenant_hk, a.execution_timestamp, a.execution_duration_ms, a.client_ip,
            a.status::varchar(20) AS status,
            pg_temp.dbtrack_cut(a.script_name, 255)::varchar(255) AS name,
            pg_temp.dbtrack_cut(coalesce(a.script_type, 'MANUAL'), 50)::varchar(50) AS type,
            pg_temp.dbtrack_cut(coalesce(a.db_session_user, 'unknown'), 63)::varchar(63) AS login,
            coalesce(a.affected_objects, '{}') AS objects,
            script_tracking.redact_statement(a.sql_command, 'secrets', 10000000) AS command,
            script_tracking.redact_message(a.error_message) AS message,
            left('adopted:' || a.record_source, 255)::varchar(255) AS source,
            m.kept || jsonb_build_object('adopted', jsonb_strip_nulls(jsonb_build_object(
                'schema', v_aside, 'load_date', a.load_date, 'execution_status', a.execution_status,
                'script_execution_hk', a.old_key,
                'cut', nullif(jsonb_strip_nulls(jsonb_build_object(
                    'script_execution_bk', CASE WHEN length(a.bk) > 320 THEN a.bk END,
                    'script_name', CASE WHEN length(a.script_name) > 255 THEN a.script_name END,
                    'script_type', CASE WHEN length(a.script_type) > 50 THEN a.script_type END,
                    'db_session_user', CASE WHEN length(a.db_session_user) > 63 THEN a.db_session_user END,
                    'record_source', CASE WHEN length(a.record_source) > 247 THEN a.record_source END)), '{}'),
                'columns', pg_temp.dbtrack_safe(a.rest),
                'hub', pg_temp.dbtrack_safe(a.hub_rest),
                -- Keys under which dbtrack itself records who acted.
                'metadata', (SELECT script_tracking.redact_metadata(jsonb_object_agg(e.key, e.value)) FROM jsonb_each(m.theirs) AS e
                    WHERE NOT m.kept ? e.key OR e.key = 'adopted'),
                'value', CASE WHEN jsonb_typeof(a.metadata) <> 'object' THEN script_tracking.redact_metadata(a.metadata) END,
                'without_hub', nullif(a.is_without_hub, false),
                'without_version', nullif(a.is_without_version, false)))) AS details
        FROM pg_temp.dbtrack_adopted AS a
        CROSS JOIN LATERAL (SELECT CASE WHEN jsonb_typeof(a.metadata) = 'object' THEN a.metadata ELSE '{}' END) AS t (theirs)
        CROSS JOIN LATERAL (SELECT t.theirs, script_tracking.caller_metadata(t.theirs)) AS m (theirs, kept)
    ) AS n
    ORDER BY n.place, n.load_date;

    SELECT jsonb_build_object('executions', count(DISTINCT a.hk), 'versions', count(*),
        'with_tenant', count(*) FILTER (WHERE a.tenant_hk IS NOT NULL), 'oldest', min(a.execution_timestamp),
        'without_version', count(*) FILTER (WHERE a.is_without_version),
        'without_hub', count(DISTINCT a.hk) FILTER (WHERE a.is_without_hub),
        'cut', count(*) FILTER (WHERE length(a.script_name) > 255),
        'unknown_tenants', count(DISTINCT a.tenant_hk) FILTER (WHERE NOT EXISTS (
            SELECT FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = a.tenant_hk)),
        'statuses', (SELECT coalesce(jsonb_object_agg(c.execution_status, c.status), '{}') FROM (
            SELECT DISTINCT b.execution_status, b.status FROM pg_temp.dbtrack_adopted AS b
            WHERE b.is_current AND upper(b.execution_status COLLATE "C") <> b.status) AS c),
        'left', (SELECT coalesce(jsonb_agg(c.relname ORDER BY c.relname), '[]') FROM pg_class AS c
            WHERE c.relnamespace = quote_ident(v_aside)::regnamespace AND c.relkind IN ('r', 'p', 'm', 'f') AND NOT c.relispartition
                AND c.oid NOT IN (v_hub, v_satellite)))
    INTO v_report FROM pg_temp.dbtrack_adopted AS a;
    INSERT INTO script_tracking.installation (property_name, property_value)
    VALUES ('adopted.' || v_aside, v_report::text);
    DROP TABLE pg_temp.dbtrack_adopted;
END
$adopt_copy$;
