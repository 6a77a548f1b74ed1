SELECT decode(execution_key, 'hex') AS execution_hk, decode(hash_diff, 'hex') AS execution_hashdiff,
    tenant, script_name, script_type, execution_status, started_at, ended_at, duration_ms, login,
    acting_role, client_address, application, command_tag, object_count, sql_command, error_message,
    sqlstate, exit_code, ticket, reason, environment, approved_by, pull_request, is_emergency, git_commit, git_branch,
    ci_run_url, ci_actor, transaction_id, metadata, version_number,
    load_date, record_source, complete_before
FROM ({{ complete_rows('execution_history', 'sat_execution') }}) AS h
