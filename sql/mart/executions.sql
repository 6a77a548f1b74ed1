-- Every execution as the record has it now, one row each.
CREATE OR REPLACE VIEW dbtrack_mart.executions
WITH (security_invoker = true, security_barrier = true) AS
SELECT
    v.execution_key, v.tenant, v.script_name, v.script_type, v.execution_status, v.started_at, v.ended_at,
    v.duration_ms, v.login, v.acting_role, v.client_address, v.application, v.command_tag, v.object_count,
    v.sql_command, v.error_message, v.sqlstate, v.exit_code, v.ticket, v.reason, v.environment, v.approved_by,
    v.git_commit, v.git_branch, v.ci_run_url, v.ci_actor, v.parent_key, v.transaction_id, v.metadata,
    v.version_number, v.load_date, v.record_source, v.pull_request, v.is_emergency
FROM dbtrack_mart.execution_history AS v
WHERE v.is_current;

COMMENT ON VIEW dbtrack_mart.executions IS 'Every execution as the record has it now, one row each';
COMMENT ON COLUMN dbtrack_mart.executions.execution_key IS 'Key of the execution: 64 hexadecimal digits';
COMMENT ON COLUMN dbtrack_mart.executions.tenant IS 'Short name of the tenant; (platform) where there is none';
COMMENT ON COLUMN dbtrack_mart.executions.script_name IS 'Name of what ran';
COMMENT ON COLUMN dbtrack_mart.executions.script_type IS
    'MANUAL, DDL_AUTO, MAINTENANCE, MIGRATION, BACKUP, REPORTING, AUTHENTICATION or the caller''s own';
COMMENT ON COLUMN dbtrack_mart.executions.execution_status IS 'RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED';
COMMENT ON COLUMN dbtrack_mart.executions.started_at IS 'When it started';
COMMENT ON COLUMN dbtrack_mart.executions.ended_at IS 'When it ended; NULL: it runs';
COMMENT ON COLUMN dbtrack_mart.executions.duration_ms IS 'Duration in milliseconds, to the microsecond; NULL: not known';
COMMENT ON COLUMN dbtrack_mart.executions.login IS 'The login (session_user)';
COMMENT ON COLUMN dbtrack_mart.executions.acting_role IS 'The role that the login acted as (SET ROLE)';
COMMENT ON COLUMN dbtrack_mart.executions.client_address IS 'Address of the client; NULL: a local socket, or not known';
COMMENT ON COLUMN dbtrack_mart.executions.application IS 'application_name of the session, redacted';
COMMENT ON COLUMN dbtrack_mart.executions.command_tag IS 'The server''s command tag of a captured DDL: CREATE TABLE';
COMMENT ON COLUMN dbtrack_mart.executions.object_count IS
    'How many objects it changed; execution_objects lists them, or the first of very many';
COMMENT ON COLUMN dbtrack_mart.executions.sql_command IS 'The statement as sent, redacted';
COMMENT ON COLUMN dbtrack_mart.executions.error_message IS 'What went wrong, redacted';
COMMENT ON COLUMN dbtrack_mart.executions.sqlstate IS 'SQLSTATE of the error';
COMMENT ON COLUMN dbtrack_mart.executions.exit_code IS 'Exit code of the wrapped command';
COMMENT ON COLUMN dbtrack_mart.executions.ticket IS 'The ticket that was given';
COMMENT ON COLUMN dbtrack_mart.executions.reason IS 'The reason that was given';
COMMENT ON COLUMN dbtrack_mart.executions.environment IS 'The environment that was given: prod';
COMMENT ON COLUMN dbtrack_mart.executions.approved_by IS 'Who approved it, as was given';
COMMENT ON COLUMN dbtrack_mart.executions.git_commit IS 'The revision from which it comes';
COMMENT ON COLUMN dbtrack_mart.executions.git_branch IS 'The branch from which it comes';
COMMENT ON COLUMN dbtrack_mart.executions.ci_run_url IS 'The CI run in which it was started';
COMMENT ON COLUMN dbtrack_mart.executions.ci_actor IS 'Who started that CI run';
COMMENT ON COLUMN dbtrack_mart.executions.parent_key IS
    'Key of the operation that it ran in, as the session claimed; for many rows join execution_links';
COMMENT ON COLUMN dbtrack_mart.executions.transaction_id IS 'The transaction that wrote it';
COMMENT ON COLUMN dbtrack_mart.executions.metadata IS
    'All other attributes, as the text of a JSON object; metadata_dictionary explains its keys';
COMMENT ON COLUMN dbtrack_mart.executions.version_number IS 'Increases with each version written, over all executions';
COMMENT ON COLUMN dbtrack_mart.executions.load_date IS
    'When the version was written; an incremental load bounds it by script_tracking.complete_before()';
COMMENT ON COLUMN dbtrack_mart.executions.record_source IS 'The writer and the node: event_trigger@local:5432';
COMMENT ON COLUMN dbtrack_mart.executions.pull_request IS 'The pull request: its URL, or number, as was given';
COMMENT ON COLUMN dbtrack_mart.executions.is_emergency IS 'Whether it was said to be an emergency';
