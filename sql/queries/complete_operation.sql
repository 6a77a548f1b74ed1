-- Closes an operation: true when this call did it.
SELECT script_tracking.complete_operation(
    execution_hk => %(execution_hk)s::bytea,
    success => %(success)s::boolean,
    error_message => %(error_message)s::text,
    metadata => %(metadata)s::jsonb,
    execution_status => %(execution_status)s::varchar,
    affected_objects => %(affected_objects)s::text[],
    duration_us => %(duration_us)s::bigint
)
