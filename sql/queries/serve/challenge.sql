-- Begins a request's transaction, and returns what its token is proven with.
BEGIN;
SELECT script_tracking.tenant_challenge(), pg_catalog.pg_is_in_recovery() AS is_standby;
