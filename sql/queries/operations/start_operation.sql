-- Starts an operation; can also link the DDL of this session, or of this transaction, to it.
WITH started AS MATERIALIZED (
    SELECT
        current_setting('dbtrack.execution', true) AS execution_before,
        script_tracking.track_operation(
            script_name => %(script_name)s::varchar,
            script_type => %(script_type)s::varchar,
            tenant_hk => script_tracking.resolve_tenant(%(tenant)s::text),
            metadata => %(metadata)s::jsonb,
            bound_to_connection => %(bound_to_connection)s::boolean,
            writer => %(writer)s::varchar
        ) AS execution_hk
)
SELECT
    execution_hk,
    execution_before,
    CASE %(link)s::text
        WHEN 'session' THEN set_config('dbtrack.execution', encode(execution_hk, 'hex'), false)
        WHEN 'transaction' THEN set_config('dbtrack.execution', encode(execution_hk, 'hex'), true)
    END AS linked
FROM started
