-- To the end of the transaction; what was proved is asked at once, so that a proof that does not hold is an error.
WITH proof AS MATERIALIZED (
    SELECT set_config('dbtrack.tenant_token', %(token)s::text, true)
)
SELECT script_tracking.proven_tenant() FROM proof;
