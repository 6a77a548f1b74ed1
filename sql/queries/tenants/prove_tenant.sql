-- Until the end of the transaction. The proof is checked at once, so that an invalid one is an error.
WITH proof AS MATERIALIZED (
    SELECT set_config('dbtrack.tenant_token', %(token)s::text, true)
)
SELECT script_tracking.proven_tenant() FROM proof;
