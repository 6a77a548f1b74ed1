-- For whom the request acts, until the end of the transaction; the proof is checked at once.
WITH proof AS MATERIALIZED (
    SELECT set_config('dbtrack.tenant_token', %(proof)s::text, true)
)
SELECT script_tracking.proven_tenant() FROM proof;
