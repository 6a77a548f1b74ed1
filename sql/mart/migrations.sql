-- Every run of a migration, with its attempt, what ran in it, and when its name first completed.
CREATE OR REPLACE VIEW dbtrack_mart.migrations
WITH (security_invoker = true, security_barrier = true) AS
SELECT
    v.execution_key,
    v.tenant,
    v.script_name,
    row_number() OVER (PARTITION BY v.tenant, v.script_name ORDER BY v.started_at, v.version_number)::pg_catalog.int4 AS attempt,
    v.execution_status,
    v.started_at,
    v.ended_at,
    v.duration_ms,
    v.login,
    (SELECT count(*) FROM script_tracking.script_execution_parent_l AS l
     WHERE l.parent_execution_hk = decode(v.execution_key, 'hex') AND l.link_type = 'tracked') AS change_count,
    v.error_message,
    v.sqlstate,
    v.ticket,
    v.reason,
    v.environment,
    v.approved_by,
    v.git_commit,
    v.git_branch,
    v.ci_run_url,
    v.ci_actor,
    min(v.ended_at) FILTER (WHERE v.execution_status = 'COMPLETED') OVER (PARTITION BY v.tenant, v.script_name
        ORDER BY v.started_at, v.version_number ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS completed_at,
    v.load_date,
    v.record_source,
    v.version_number
FROM dbtrack_mart.execution_history AS v
WHERE v.is_current AND v.script_type = 'MIGRATION';

COMMENT ON VIEW dbtrack_mart.migrations IS 'Every run of a migration: its attempt, what ran in it, and when its name completed';
COMMENT ON COLUMN dbtrack_mart.migrations.execution_key IS 'Key of the execution: 64 hexadecimal digits';
COMMENT ON COLUMN dbtrack_mart.migrations.tenant IS 'Short name of the tenant; (platform) where there is none';
COMMENT ON COLUMN dbtrack_mart.migrations.script_name IS 'Name of what ran';
COMMENT ON COLUMN dbtrack_mart.migrations.attempt IS '1 for the first run of that name in its tenant, and so on';
COMMENT ON COLUMN dbtrack_mart.migrations.execution_status IS 'RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED';
COMMENT ON COLUMN dbtrack_mart.migrations.started_at IS 'When it started';
COMMENT ON COLUMN dbtrack_mart.migrations.ended_at IS 'When it ended; NULL: it runs';
COMMENT ON COLUMN dbtrack_mart.migrations.duration_ms IS 'Duration in milliseconds, to the microsecond; NULL: not known';
COMMENT ON COLUMN dbtrack_mart.migrations.login IS 'The login (session_user)';
COMMENT ON COLUMN dbtrack_mart.migrations.change_count IS 'How many executions ran in it and were recorded';
COMMENT ON COLUMN dbtrack_mart.migrations.error_message IS 'What went wrong, redacted';
COMMENT ON COLUMN dbtrack_mart.migrations.sqlstate IS 'SQLSTATE of the error';
COMMENT ON COLUMN dbtrack_mart.migrations.ticket IS 'The ticket that was given';
COMMENT ON COLUMN dbtrack_mart.migrations.reason IS 'The reason that was given';
COMMENT ON COLUMN dbtrack_mart.migrations.environment IS 'The environment that was given: prod';
COMMENT ON COLUMN dbtrack_mart.migrations.approved_by IS 'Who approved it, as was given';
COMMENT ON COLUMN dbtrack_mart.migrations.git_commit IS 'The revision from which it comes';
COMMENT ON COLUMN dbtrack_mart.migrations.git_branch IS 'The branch from which it comes';
COMMENT ON COLUMN dbtrack_mart.migrations.ci_run_url IS 'The CI run in which it was started';
COMMENT ON COLUMN dbtrack_mart.migrations.ci_actor IS 'Who started that CI run';
COMMENT ON COLUMN dbtrack_mart.migrations.completed_at IS
    'When a run of that name in its tenant first completed, this one or a later one; NULL: none has yet';
COMMENT ON COLUMN dbtrack_mart.migrations.load_date IS
    'When the version was written; an incremental load bounds it by script_tracking.complete_before()';
COMMENT ON COLUMN dbtrack_mart.migrations.record_source IS 'The writer and the node: event_trigger@local:5432';
COMMENT ON COLUMN dbtrack_mart.migrations.version_number IS 'Increases with each version written, over all executions';
