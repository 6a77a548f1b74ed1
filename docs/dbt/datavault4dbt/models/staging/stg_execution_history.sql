SELECT execution_key AS hk_execution_h, hash_diff AS hd_execution_s,
    tenant, script_name, script_type, execution_status, started_at, ended_at, duration_ms, login,
    acting_role, client_address, application, command_tag, object_count, sql_command, error_message,
    sqlstate, exit_code, ticket, reason, environment, approved_by, pull_request, is_emergency, git_commit, git_branch,
    ci_run_url, ci_actor, transaction_id, metadata, version_number,
    load_date AS ldts, record_source AS rsrc, complete_before
FROM ({{ complete_rows('execution_history', 'execution_s') }}) AS h
