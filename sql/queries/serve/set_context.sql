-- Who asks, until the end of the transaction: the proof, the name under which the request is recorded, and how long a
-- statement may take.
SELECT set_config('dbtrack.tenant_token', %(proof)s::text, true),
    set_config('application_name', %(application)s::text, true),
    set_config('statement_timeout', %(timeout)s::text, true);
