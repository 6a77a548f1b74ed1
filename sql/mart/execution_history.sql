-- Every version of every execution, with the attributes that it had. The other views of executions select from this one.
CREATE OR REPLACE VIEW dbtrack_mart.execution_history
WITH (security_invoker = true, security_barrier = true) AS
SELECT
    encode(s.script_execution_hk, 'hex') AS execution_key,
    coalesce(t.tenant_bk, '(platform)')::pg_catalog.text AS tenant,
    s.script_name::pg_catalog.text AS script_name,
    s.script_type::pg_catalog.text AS script_type,
    s.execution_status::pg_catalog.text AS execution_status,
    s.execution_timestamp AS started_at,
    -- A caller may report any duration. One above a century would be an error for whoever reads the row.
    CASE WHEN s.execution_status <> 'RUNNING' THEN s.execution_timestamp
        + least(coalesce(d.duration_ms, 0) / 1000, 3155760000)::pg_catalog.float8 * '1 second'::pg_catalog."interval"
        END AS ended_at,
    d.duration_ms,
    s.db_session_user::pg_catalog.text AS login,
    s.metadata ->> 'role' AS acting_role,
    host(s.client_ip) AS client_address,
    s.metadata ->> 'application_name' AS application,
    s.metadata ->> 'command_tag' AS command_tag,
    CASE WHEN s.metadata ->> 'object_count' ~ '^[0-9]{1,9}$' THEN (s.metadata ->> 'object_count')::pg_catalog.int4
        ELSE cardinality(s.affected_objects) END AS object_count,
    s.sql_command,
    s.error_message,
    s.metadata ->> 'sqlstate' AS sqlstate,
    CASE WHEN s.metadata ->> 'exit_code' ~ '^-?[0-9]{1,9}$' THEN (s.metadata ->> 'exit_code')::pg_catalog.int4 END AS exit_code,
    s.metadata ->> 'ticket' AS ticket,
    s.metadata ->> 'reason' AS reason,
    s.metadata ->> 'environment' AS environment,
    s.metadata ->> 'approved_by' AS approved_by,
    s.metadata ->> 'git_commit' AS git_commit,
    s.metadata ->> 'git_branch' AS git_branch,
    s.metadata ->> 'ci_run_url' AS ci_run_url,
    s.metadata ->> 'ci_actor' AS ci_actor,
    -- It is read only where the column is asked for. A link is never a day older than the start of its child.
    (SELECT min(encode(l.parent_execution_hk, 'hex')) FROM script_tracking.script_execution_parent_l AS l
     WHERE l.child_execution_hk = s.script_execution_hk AND l.link_type = 'tracked'
         AND l.load_date >= s.execution_timestamp - '1 day'::pg_catalog."interval") AS parent_key,
    CASE WHEN s.metadata ->> 'transaction_id' ~ '^[0-9]{1,18}$'
        THEN (s.metadata ->> 'transaction_id')::pg_catalog.int8 END AS transaction_id,
    s.metadata::pg_catalog.text AS metadata,
    s.version_number,
    s.load_date,
    s.record_source::pg_catalog.text AS record_source,
    s.load_date AS valid_from,
    s.load_end_date AS valid_to,
    s.load_end_date IS NULL AS is_current,
    encode(s.hash_diff, 'hex') AS hash_diff,
    s.metadata ->> 'pull_request' AS pull_request,
    s.metadata @> '{"emergency": true}' AS is_emergency
FROM script_tracking.script_execution_s AS s
CROSS JOIN LATERAL (
    SELECT round(CASE WHEN jsonb_typeof(s.metadata -> 'duration_us') = 'number'
        THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" / 1000
        ELSE s.execution_duration_ms END, 3) AS duration_ms
) AS d
LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = s.tenant_hk;

COMMENT ON VIEW dbtrack_mart.execution_history IS 'Every version of every execution: what the record said of it, and from when to when';
COMMENT ON COLUMN dbtrack_mart.execution_history.execution_key IS 'Key of the execution: 64 hexadecimal digits';
COMMENT ON COLUMN dbtrack_mart.execution_history.tenant IS 'Short name of the tenant; (platform) where there is none';
COMMENT ON COLUMN dbtrack_mart.execution_history.script_name IS 'Name of what ran';
COMMENT ON COLUMN dbtrack_mart.execution_history.script_type IS
    'MANUAL, DDL_AUTO, MAINTENANCE, MIGRATION, BACKUP, REPORTING, AUTHENTICATION or the caller''s own';
COMMENT ON COLUMN dbtrack_mart.execution_history.execution_status IS 'RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED';
COMMENT ON COLUMN dbtrack_mart.execution_history.started_at IS 'When it started';
COMMENT ON COLUMN dbtrack_mart.execution_history.ended_at IS 'When it ended; NULL: it runs';
COMMENT ON COLUMN dbtrack_mart.execution_history.duration_ms IS 'Duration in milliseconds, to the microsecond; NULL: not known';
COMMENT ON COLUMN dbtrack_mart.execution_history.login IS 'The login (session_user)';
COMMENT ON COLUMN dbtrack_mart.execution_history.acting_role IS 'The role that the login acted as (SET ROLE)';
COMMENT ON COLUMN dbtrack_mart.execution_history.client_address IS 'Address of the client; NULL: a local socket, or not known';
COMMENT ON COLUMN dbtrack_mart.execution_history.application IS 'application_name of the session, redacted';
COMMENT ON COLUMN dbtrack_mart.execution_history.command_tag IS 'The server''s command tag of a captured DDL: CREATE TABLE';
COMMENT ON COLUMN dbtrack_mart.execution_history.object_count IS
    'How many objects it changed; execution_objects lists them, or the first of very many';
COMMENT ON COLUMN dbtrack_mart.execution_history.sql_command IS 'The statement as sent, redacted';
COMMENT ON COLUMN dbtrack_mart.execution_history.error_message IS 'What went wrong, redacted';
COMMENT ON COLUMN dbtrack_mart.execution_history.sqlstate IS 'SQLSTATE of the error';
COMMENT ON COLUMN dbtrack_mart.execution_history.exit_code IS 'Exit code of the wrapped command';
COMMENT ON COLUMN dbtrack_mart.execution_history.ticket IS 'The ticket that was given';
COMMENT ON COLUMN dbtrack_mart.execution_history.reason IS 'The reason that was given';
COMMENT ON COLUMN dbtrack_mart.execution_history.environment IS 'The environment that was given: prod';
COMMENT ON COLUMN dbtrack_mart.execution_history.approved_by IS 'Who approved it, as was given';
COMMENT ON COLUMN dbtrack_mart.execution_history.git_commit IS 'The revision from which it comes';
COMMENT ON COLUMN dbtrack_mart.execution_history.git_branch IS 'The branch from which it comes';
COMMENT ON COLUMN dbtrack_mart.execution_history.ci_run_url IS 'The CI run in which it was started';
COMMENT ON COLUMN dbtrack_mart.execution_history.ci_actor IS 'Who started that CI run';
COMMENT ON COLUMN dbtrack_mart.execution_history.parent_key IS
    'Key of the operation that it ran in, as the session claimed; for many rows join execution_links';
COMMENT ON COLUMN dbtrack_mart.execution_history.transaction_id IS 'The transaction that wrote it';
COMMENT ON COLUMN dbtrack_mart.execution_history.metadata IS
    'All other attributes, as the text of a JSON object; metadata_dictionary explains its keys';
COMMENT ON COLUMN dbtrack_mart.execution_history.version_number IS 'Increases with each version written, over all executions';
COMMENT ON COLUMN dbtrack_mart.execution_history.load_date IS
    'When the version was written; an incremental load bounds it by script_tracking.complete_before()';
COMMENT ON COLUMN dbtrack_mart.execution_history.record_source IS 'The writer and the node: event_trigger@local:5432';
COMMENT ON COLUMN dbtrack_mart.execution_history.valid_from IS 'When the version was written, and became what the record says';
COMMENT ON COLUMN dbtrack_mart.execution_history.valid_to IS 'When the next version was written; NULL: it is the current one';
COMMENT ON COLUMN dbtrack_mart.execution_history.is_current IS 'Whether it is the current version';
COMMENT ON COLUMN dbtrack_mart.execution_history.hash_diff IS 'SHA-256 over the attributes of the version, in hexadecimal';
COMMENT ON COLUMN dbtrack_mart.execution_history.pull_request IS 'The pull request: its URL, or number, as was given';
COMMENT ON COLUMN dbtrack_mart.execution_history.is_emergency IS 'Whether it was said to be an emergency';
