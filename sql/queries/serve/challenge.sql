-- Begins a request's transaction, and returns what its token is proven with.
BEGIN;
SELECT script_tracking.tenant_challenge();
