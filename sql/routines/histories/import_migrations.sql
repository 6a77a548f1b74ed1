-- Records the rows of a migration tool's table as executions, each once, and links them to the DDL that they ran. p_rows is an array of
-- objects: key, which names the row in its table; name; and optionally version, description, checksum, author, login, status
-- (NULL: it has not ended, and is left for a later call), applied_at as the tool says it, started_at, duration_us, error_message,
-- writer, command, committed_at (see read_migration_history).
-- The hash key is made of tool, table, key, applied_at and status, so that the same row is always the same execution. A tool without
-- times has one execution for a key, and another one when the row was written again with DDL that is in no operation yet.
-- p_time_zone is that of the times that had none: it is kept, so that the next import reads the same times.
-- For administrators only, because it records what others did, as the tool reports it.
CREATE OR REPLACE FUNCTION script_tracking.import_migrations(
    p_tool pg_catalog.text,
    p_table pg_catalog.regclass,
    p_rows pg_catalog.jsonb,
    p_time_zone pg_catalog.text
)
RETURNS TABLE (
    script_execution_hk pg_catalog.bytea,
    script_name pg_catalog.text,
    execution_status pg_catalog.text,
    execution_timestamp pg_catalog.timestamptz,
    login pg_catalog.text,
    author pg_catalog.text,
    changes pg_catalog.int4,
    attributed_by pg_catalog.text,
    affected_objects pg_catalog.text[]
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET "TimeZone" = 'UTC'
AS $function$
#variable_conflict use_column
DECLARE
    c_record_source CONSTANT pg_catalog."varchar" := script_tracking.record_source('history_import');
    c_table CONSTANT pg_catalog.text := (
        SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = p_table);
    c_tenant CONSTANT pg_catalog.bytea := (
        SELECT t.tenant_hk FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN script_tracking.tenant_schema_l AS t ON t.schema_name = n.nspname
        WHERE c.oid = p_table);
    c_newest CONSTANT pg_catalog.int8 := pg_snapshot_xmax(pg_current_snapshot())::pg_catalog.text::pg_catalog.int8;
    -- The transaction that made the tool's tables: no DDL before it belongs to the first migration.
    c_created CONSTANT pg_catalog.int8 := script_tracking.history_created(p_table, c_newest,
        (SELECT min((r.value ->> 'writer')::pg_catalog.int8) FROM jsonb_array_elements(p_rows) AS r));
    v_known_since pg_catalog.int8;
    v_moment pg_catalog.timestamptz;
    v_item record;
    v_change record;
    v_key pg_catalog.text;
    v_hk pg_catalog.bytea;
    v_is_known pg_catalog.bool;
    v_name pg_catalog."varchar";
    v_started_at pg_catalog.timestamptz;
    v_tenant_hk pg_catalog.bytea;
    v_metadata pg_catalog.jsonb;
    v_now pg_catalog.timestamptz;
BEGIN
    PERFORM script_tracking.note_history(p_tool, c_table, p_time_zone);
    FOR v_item IN
        WITH item AS MATERIALIZED (
            SELECT o.*, CASE WHEN o.applied_at BETWEEN '1970-01-01 00:00:00+00' AND clock_timestamp() + '1 day'::pg_catalog."interval"
                    THEN o.applied_at END AS moment,
                lag(o.writer, 1, c_created) OVER written AS writer_before, lag(o.command) OVER written AS command_before,
                lead(o.writer) OVER written AS writer_after
            FROM jsonb_to_recordset(p_rows) AS o (
                key pg_catalog.text, name pg_catalog.text, version pg_catalog.text, description pg_catalog.text,
                checksum pg_catalog.text, author pg_catalog.text, login pg_catalog.text, status pg_catalog.text,
                applied_at pg_catalog.timestamptz, started_at pg_catalog.timestamptz, duration_us pg_catalog.int8,
                error_message pg_catalog.text, writer pg_catalog.int8, command pg_catalog.int8, committed_at pg_catalog.timestamptz)
            WINDOW written AS (ORDER BY o.writer, o.command)
        )
        SELECT i.*, m.identities,
            CASE WHEN i.writer = i.writer_before THEN i.command_before END AS after_command,
            CASE WHEN i.writer = i.writer_after THEN i.command END AS until_command
        FROM item AS i
        LEFT JOIN script_tracking.migration_objects(p_table, (SELECT array_agg(w.writer) FROM item AS w)) AS m
            ON m.writer = i.writer AND i.writer IS DISTINCT FROM i.writer_before AND i.writer IS DISTINCT FROM i.writer_after
        WHERE i.status IN ('COMPLETED', 'FAILED', 'CANCELLED', 'ABANDONED')
        ORDER BY coalesce(i.moment, i.committed_at), i.writer, i.command
    LOOP
        v_key := script_tracking.migration_key(p_tool, c_table, v_item.key, v_item.moment, v_item.status, NULL);
        v_hk := script_tracking.calculate_hash_key(v_key::pg_catalog."varchar");
        v_known_since := NULL;
        SELECT true, s.recorded_by::pg_catalog.text::pg_catalog.int8 INTO v_is_known, v_known_since
        FROM script_tracking.script_execution_h AS h
        JOIN script_tracking.script_execution_s AS s ON s.load_date = h.load_date AND s.script_execution_hk = h.script_execution_hk
        WHERE h.script_execution_hk = v_hk;
        v_is_known := coalesce(v_is_known, false);
        CONTINUE WHEN v_is_known AND v_item.moment IS NOT NULL;
        -- A row that was written again since it was imported was undone before, maybe in another session: the last one wrote it.
        v_moment := coalesce(v_item.moment, v_item.committed_at, (
            SELECT max(s.load_date) FROM script_tracking.script_execution_s AS s
            WHERE s.script_type = 'DDL_AUTO' AND s.load_end_date IS NULL
                AND s.recorded_by > greatest(v_known_since, v_item.writer - 1000)::pg_catalog.text::pg_catalog.xid8
                AND s.recorded_by <= v_item.writer::pg_catalog.text::pg_catalog.xid8
                AND v_item.writer > v_known_since));
        SELECT coalesce(array_agg(c.script_execution_hk) FILTER (WHERE c.operation_hk IS NULL), '{}') AS own,
            count(*)::pg_catalog.int4 AS count, min(c.execution_timestamp) AS first_at, min(c.how) AS how,
            min(encode(c.operation_hk, 'hex')) AS operation,
            CASE WHEN count(DISTINCT c.db_session_user) = 1 THEN min(c.db_session_user) END AS login,
            CASE WHEN count(DISTINCT c.tenant_hk) = 1 AND count(c.tenant_hk) = count(*) THEN min(encode(c.tenant_hk, 'hex')) END AS tenant,
            (ARRAY(SELECT DISTINCT o.identity FROM unnest(array_agg(array_to_string(c.affected_objects, chr(10)))) AS a (joined)
                CROSS JOIN LATERAL string_to_table(nullif(a.joined, ''), chr(10)) AS o (identity)
                ORDER BY o.identity))[:1000] AS objects
        INTO v_change
        FROM script_tracking.migration_changes(v_item.writer, v_item.after_command, v_item.until_command,
            CASE WHEN v_item.writer_before < v_item.writer THEN greatest(v_item.writer_before,
                CASE WHEN v_known_since < v_item.writer THEN v_known_since END) END, v_moment) AS c;
        CONTINUE WHEN v_is_known AND v_change.own = '{}';
        IF v_is_known THEN
            v_key := script_tracking.migration_key(p_tool, c_table, v_item.key, v_item.moment, v_item.status, v_change.own[1]);
            v_hk := script_tracking.calculate_hash_key(v_key::pg_catalog."varchar");
        END IF;
        v_now := clock_timestamp();
        v_started_at := least(coalesce(v_item.started_at, v_item.moment), v_change.first_at,
            CASE WHEN v_item.moment IS NULL AND v_change.first_at IS NULL THEN coalesce(v_item.committed_at, v_now) END);
        v_tenant_hk := CASE WHEN v_change.count > 0 THEN decode(v_change.tenant, 'hex') ELSE c_tenant END;
        -- Names that begin so are dbtrack's own (check_operation).
        v_name := left(script_tracking.redact_message(
            CASE WHEN lower(v_item.name COLLATE "C") ~ '^dbtrack[[:space:]]' THEN p_tool || ' ' || v_item.name ELSE v_item.name END), 255);
        login := coalesce(v_change.login, left(v_item.login, 63), '[unknown]');
        author := script_tracking.redact_message(v_item.author);
        affected_objects := coalesce(nullif(v_change.objects, '{}'), v_item.identities, '{}');
        v_metadata := script_tracking.redact_metadata(jsonb_strip_nulls(jsonb_build_object(
            'migration_version', v_item.version, 'migration_description', v_item.description,
            'migration_checksum', v_item.checksum, 'migration_author', v_item.author)))
            || jsonb_strip_nulls(jsonb_build_object('migration_tool', p_tool, 'migration_table', c_table,
                'applied_at', v_item.moment, 'duration_us', v_item.duration_us,
                'time_known_by', CASE WHEN v_item.moment IS NOT NULL THEN 'tool' WHEN v_change.first_at IS NOT NULL THEN 'changes'
                    WHEN v_item.committed_at IS NOT NULL THEN 'commit' ELSE 'import' END,
                'attributed_by', coalesce(v_change.how, CASE WHEN v_item.identities IS NOT NULL THEN 'catalog' END),
                'imported_by', session_user));
        INSERT INTO script_tracking.script_execution_h (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
        VALUES (v_hk, v_key, v_tenant_hk, v_now, c_record_source);
        INSERT INTO script_tracking.script_execution_s
            (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type, execution_status,
             execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects, error_message,
             metadata, record_source)
        SELECT v_hk, v_now,
            script_tracking.calculate_hash_diff(v_tenant_hk, v_name, 'MIGRATION', v_item.status, v_started_at,
                r.duration_ms, login, NULL, affected_objects, NULL, r.error_message, v_metadata, c_record_source),
            v_tenant_hk, v_name, 'MIGRATION', v_item.status, v_started_at, r.duration_ms, login, NULL,
            affected_objects, r.error_message, v_metadata, c_record_source
        FROM (SELECT round(v_item.duration_us / 1000.0)::pg_catalog.int8 AS duration_ms,
            script_tracking.redact_message(v_item.error_message) AS error_message) AS r;
        INSERT INTO script_tracking.script_execution_parent_l
            (script_execution_parent_hk, parent_execution_hk, child_execution_hk, link_type, tenant_hk, load_date, record_source)
        SELECT sha256(l.parent || l.child), l.parent, l.child, 'tracked', v_tenant_hk, v_now, c_record_source
        FROM (
            SELECT v_hk AS parent, o.child FROM unnest(v_change.own) AS o (child)
            UNION ALL
            -- A wrapped run of the tool: the migration belongs to it, and its DDL is linked already.
            SELECT h.script_execution_hk, v_hk FROM script_tracking.script_execution_h AS h
            WHERE h.script_execution_hk = decode(v_change.operation, 'hex')
                AND h.record_source NOT LIKE 'history@_import@@%' ESCAPE '@') AS l;
        script_execution_hk := v_hk;
        script_name := v_name;
        execution_status := v_item.status;
        execution_timestamp := v_started_at;
        changes := v_change.count;
        attributed_by := v_metadata ->> 'attributed_by';
        RETURN NEXT;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.import_migrations(pg_catalog.text, pg_catalog.regclass, pg_catalog.jsonb, pg_catalog.text) IS
    'Records the rows of a migration tool''s table (a JSON array) as executions, each once, linked to their DDL: one row for each new '
    'execution; for administrators, who vouch for the table';
