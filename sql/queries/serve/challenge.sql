-- What a request's token is proven with, in the transaction that has just begun.
SELECT script_tracking.tenant_challenge();
