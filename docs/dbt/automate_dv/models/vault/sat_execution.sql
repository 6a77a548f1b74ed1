{{ automate_dv.sat(
    src_pk='execution_hk', src_hashdiff='execution_hashdiff',
    src_payload=[
        'tenant', 'script_name', 'script_type', 'execution_status', 'started_at', 'ended_at',
        'duration_ms', 'login', 'acting_role', 'client_address', 'application', 'command_tag',
        'object_count', 'sql_command', 'error_message', 'sqlstate', 'exit_code', 'ticket', 'reason',
        'environment', 'approved_by', 'pull_request', 'is_emergency', 'git_commit', 'git_branch', 'ci_run_url', 'ci_actor',
        'transaction_id', 'metadata', 'version_number'],
    src_extra_columns=['complete_before'],
    src_ldts='load_date', src_source='record_source', source_model='stg_execution_history') }}
