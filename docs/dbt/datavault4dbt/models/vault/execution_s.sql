-- disable_hwm: the staging tables bound the load already, by complete_before.
{{ datavault4dbt.sat_v0(
    parent_hashkey='hk_execution_h', src_hashdiff='hd_execution_s',
    src_payload=[
        'tenant', 'script_name', 'script_type', 'execution_status', 'started_at', 'ended_at',
        'duration_ms', 'login', 'acting_role', 'client_address', 'application', 'command_tag',
        'object_count', 'sql_command', 'error_message', 'sqlstate', 'exit_code', 'ticket', 'reason',
        'environment', 'approved_by', 'pull_request', 'is_emergency', 'git_commit', 'git_branch', 'ci_run_url', 'ci_actor',
        'transaction_id', 'metadata', 'version_number', 'complete_before'],
    source_model='stg_execution_history', src_ldts='ldts', src_rsrc='rsrc', disable_hwm=true) }}
