-- Returns the text over which a proof of tenant is made: this backend and this transaction, so that the proof is
-- worthless in any other.
CREATE OR REPLACE FUNCTION script_tracking.tenant_challenge()
RETURNS pg_catalog.text
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT 'dbtrack-tenant-1|' || pg_backend_pid()
        || '|' || (extract(epoch FROM script_tracking.backend_start()) * 1000000)::pg_catalog.int8
        || '|' || (extract(epoch FROM transaction_timestamp()) * 1000000)::pg_catalog.int8
$function$;

COMMENT ON FUNCTION script_tracking.tenant_challenge() IS
    'What a service signs, with the tenant''s hash key before it, to act for a tenant in this transaction';
