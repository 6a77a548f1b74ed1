-- Compares versions that a source sends again with those that are here. A hash_diff covers all attributes of a version. Of one
-- that was erased here, only what an erasure leaves is compared. What the source erased is erased here first, if that is allowed.
CREATE OR REPLACE FUNCTION script_tracking.compare_vault_rows(p_source_name pg_catalog.text, p_versions pg_catalog.json)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
BEGIN
    IF EXISTS (SELECT FROM script_tracking.vault_source AS s WHERE s.source_name = p_source_name AND s.follows_erasures) THEN
        PERFORM script_tracking.follow_erasure(p_source_name, p_versions);
    END IF;
    PERFORM script_tracking.note_vault_finding(p_source_name,
            CASE WHEN NOT f.is_own THEN 'foreign' ELSE 'rewritten' END, encode(f.script_execution_hk, 'hex'),
            CASE WHEN NOT f.is_own THEN format('execution %s is here, and not of this source', encode(f.script_execution_hk, 'hex'))
                ELSE format('the version of %s of execution %s (%s) was sent again and differs from what had arrived%s',
                    f.load_date, encode(f.script_execution_hk, 'hex'), f.script_name,
                    CASE WHEN f.is_erased THEN ': it has an erased value; if that was dbtrack erase, run it here, too' ELSE '' END)
                END)
    FROM (
        SELECT r.script_execution_hk, r.load_date, r.script_name, t.tenant_hk IS NOT NULL AS is_own,
            '[erased]' IN (r.db_session_user, r.sql_command, r.error_message) AS is_erased
        FROM json_to_recordset(p_versions) AS r (
            script_execution_hk pg_catalog.bytea, load_date pg_catalog.timestamptz, hash_diff pg_catalog.bytea,
            script_name pg_catalog.text, script_type pg_catalog.text, execution_status pg_catalog.text,
            execution_timestamp pg_catalog.timestamptz, execution_duration_ms pg_catalog.int8,
            db_session_user pg_catalog.text, client_ip pg_catalog.inet, affected_objects pg_catalog.text[],
            sql_command pg_catalog.text, error_message pg_catalog.text, metadata pg_catalog.jsonb,
            record_source pg_catalog.text)
        JOIN script_tracking.script_execution_s AS s
            ON s.load_date = r.load_date AND s.script_execution_hk = r.script_execution_hk
        LEFT JOIN script_tracking.vault_tenant AS t ON t.tenant_hk = s.tenant_hk AND t.source_name = p_source_name
        CROSS JOIN LATERAL (SELECT script_tracking.is_erased_version(s) AS here OFFSET 0) AS erased
        WHERE t.tenant_hk IS NULL
            OR (s.script_name, s.script_type, s.execution_status, s.execution_timestamp, s.execution_duration_ms,
                s.record_source)
            IS DISTINCT FROM (r.script_name, r.script_type, r.execution_status, r.execution_timestamp, r.execution_duration_ms,
                r.record_source)
            OR NOT erased.here AND (s.hash_diff, s.script_name, s.script_type, s.execution_status, s.execution_timestamp,
                s.execution_duration_ms,
                s.db_session_user, s.client_ip, s.affected_objects, s.sql_command, s.error_message, s.metadata, s.record_source)
            IS DISTINCT FROM (r.hash_diff, r.script_name, r.script_type, r.execution_status, r.execution_timestamp,
                r.execution_duration_ms, r.db_session_user, r.client_ip, r.affected_objects, r.sql_command,
                r.error_message, r.metadata, r.record_source)
        ORDER BY r.load_date, r.script_execution_hk
        LIMIT 100
    ) AS f;
END
$function$;

COMMENT ON FUNCTION script_tracking.compare_vault_rows(pg_catalog.text, pg_catalog.json) IS
    'Compares versions that a source sends again with those that are here; for the functions of this schema';
