-- Closes an operation for a token, and commits. No row, and nothing is recorded, if the proof is not valid, as in
-- start_proven.sql.
SELECT o.is_closed
FROM script_tracking.act_as_token(%(proof)s, %(client)s, %(timeout)s) AS t,
    LATERAL script_tracking.complete_operation(
        execution_hk => CASE WHEN t.token_id IS NOT NULL THEN %(execution_hk)s::bytea END,
        success => %(success)s,
        error_message => %(error_message)s,
        metadata => %(metadata)s,
        execution_status => %(execution_status)s,
        affected_objects => %(affected_objects)s,
        duration_us => %(duration_us)s) AS o (is_closed);
COMMIT;
