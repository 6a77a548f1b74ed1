-- Starts an operation for a token as start_proven.sql does, once for each key of the caller's.
SELECT o.execution_hk, o.is_new
FROM script_tracking.act_as_token(%(proof)s, %(client)s, %(timeout)s) AS t,
    LATERAL script_tracking.start_once(
        p_request_key => %(request_key)s,
        p_script_name => %(script_name)s,
        p_script_type => %(script_type)s,
        p_tenant_hk => t.tenant_hk,
        p_metadata => %(metadata)s,
        p_content => concat(encode(t.tenant_hk, 'hex'), chr(10), %(content)s::text)) AS o;
COMMIT;
