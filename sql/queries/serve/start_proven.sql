-- Starts an operation for a token, and commits. No row, and nothing is recorded, if the proof is not valid: the function
-- that records takes an argument from the token's row, so that it is not called without one.
SELECT o.execution_hk, true AS is_new
FROM script_tracking.act_as_token(%(proof)s, %(client)s, %(timeout)s) AS t,
    LATERAL script_tracking.track_operation(
        script_name => %(script_name)s,
        script_type => %(script_type)s,
        tenant_hk => t.tenant_hk,
        metadata => %(metadata)s,
        writer => 'rest_api') AS o (execution_hk);
COMMIT;
