-- Starts an operation, or finds the one that the same request has started before.
SELECT s.execution_hk, s.is_new
FROM script_tracking.start_once(
    p_request_key => %(request_key)s::text,
    p_script_name => %(script_name)s::varchar,
    p_script_type => %(script_type)s::varchar,
    p_tenant_hk => %(tenant_hk)s::bytea,
    p_metadata => %(metadata)s::jsonb,
    p_content => %(content)s::text
) AS s;
