-- Begins a request's transaction, and returns what its token is proven with. The limit holds from the next message on.
BEGIN;
SELECT script_tracking.tenant_challenge(), set_config('statement_timeout', %(timeout)s::text, true);
