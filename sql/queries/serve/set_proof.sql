-- For whom the request acts, until the end of the transaction.
SELECT set_config('dbtrack.tenant_token', %(proof)s::text, true);
