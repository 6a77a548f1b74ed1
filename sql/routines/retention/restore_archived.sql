-- Restores archived rows as they were, except those that exist: a JSON array of rows in the form of archivable_row.
-- Keys are in hexadecimal, times in microseconds since 1970, and metadata is text, so that nothing is rounded on the
-- way.
CREATE OR REPLACE FUNCTION script_tracking.restore_archived(
    p_rows pg_catalog.jsonb,
    OUT o_executions pg_catalog.int8,
    OUT o_rows pg_catalog.int8
)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    WITH item AS MATERIALIZED (
        SELECT r.*, decode(r.script_execution_hk, 'hex') AS execution_hk, decode(r.tenant_hk, 'hex') AS tenant,
            '1970-01-01 00:00:00+00'::pg_catalog.timestamptz
                + r.load_date * '1 microsecond'::pg_catalog."interval" AS written_at
        FROM jsonb_to_recordset(p_rows) AS r (
            row_kind pg_catalog.text, script_execution_hk pg_catalog.text, load_date pg_catalog.int8,
            tenant_hk pg_catalog.text, record_source pg_catalog.text, script_execution_bk pg_catalog.text,
            load_end_date pg_catalog.int8, hash_diff pg_catalog.text, version_number pg_catalog.int8,
            script_name pg_catalog.text, script_type pg_catalog.text, execution_status pg_catalog.text,
            execution_timestamp pg_catalog.int8, execution_duration_ms pg_catalog.int8,
            db_session_user pg_catalog.text, client_ip pg_catalog.inet, affected_objects pg_catalog.text[],
            sql_command pg_catalog.text, error_message pg_catalog.text, metadata pg_catalog.text,
            script_execution_parent_hk pg_catalog.text, parent_execution_hk pg_catalog.text,
            link_type pg_catalog.text)
    ), hub AS (
        INSERT INTO script_tracking.script_execution_h
            (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
        SELECT i.execution_hk, i.script_execution_bk, i.tenant, i.written_at, i.record_source
        FROM item AS i WHERE i.row_kind = 'hub'
        ON CONFLICT (script_execution_hk, load_date) DO NOTHING
        RETURNING 1
    ), version AS (
        INSERT INTO script_tracking.script_execution_s
            (script_execution_hk, load_date, load_end_date, hash_diff, version_number, tenant_hk, script_name,
             script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user, client_ip,
             affected_objects, sql_command, error_message, metadata, record_source, recorded_by)
        SELECT i.execution_hk, i.written_at,
            '1970-01-01 00:00:00+00'::pg_catalog.timestamptz
                + i.load_end_date * '1 microsecond'::pg_catalog."interval",
            decode(i.hash_diff, 'hex'), i.version_number, i.tenant, i.script_name, i.script_type,
            -- The table refuses NULL.
            CASE WHEN i.execution_status IN ('RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'ABANDONED')
                THEN i.execution_status END,
            '1970-01-01 00:00:00+00'::pg_catalog.timestamptz
                + i.execution_timestamp * '1 microsecond'::pg_catalog."interval",
            i.execution_duration_ms, i.db_session_user, i.client_ip, i.affected_objects, i.sql_command,
            -- NULL: these versions are not new. Their hours are counted again, and the search forgets them.
            i.error_message, i.metadata::pg_catalog.jsonb, i.record_source, NULL
        FROM item AS i WHERE i.row_kind = 'version'
        ON CONFLICT (load_date, script_execution_hk) DO NOTHING
        RETURNING execution_timestamp, load_date
    ), gap AS MATERIALIZED (
        SELECT script_tracking.open_rollup_gap(min(v.execution_timestamp), max(v.execution_timestamp)),
            script_tracking.forget_search(array_agg(v.load_date))
        FROM version AS v
    ), link AS (
        INSERT INTO script_tracking.script_execution_parent_l
            (script_execution_parent_hk, parent_execution_hk, child_execution_hk, link_type, tenant_hk, load_date,
             record_source)
        SELECT decode(i.script_execution_parent_hk, 'hex'), decode(i.parent_execution_hk, 'hex'), i.execution_hk,
            i.link_type, i.tenant, i.written_at, i.record_source
        FROM item AS i WHERE i.row_kind = 'link'
        ON CONFLICT (load_date, script_execution_parent_hk) DO NOTHING
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM hub),
        (SELECT count(*) FROM hub) + (SELECT count(*) FROM version) + (SELECT count(*) FROM link)
    FROM gap
$function$;

COMMENT ON FUNCTION script_tracking.restore_archived(pg_catalog.jsonb) IS
    'Restores archived rows as they were, except those that exist; for dbtrack archive restore';
