-- Starts an operation for the tenant that the request proved.
SELECT script_tracking.track_operation(
    script_name => %(script_name)s::varchar,
    script_type => %(script_type)s::varchar,
    tenant_hk => %(tenant_hk)s::bytea,
    metadata => %(metadata)s::jsonb,
    writer => 'rest_api'
), true;
