-- Returns whether an endpoint with these types and tenants gets an event. A pattern ends in an asterisk.
CREATE OR REPLACE FUNCTION script_tracking.event_matches(
    p_event_type pg_catalog.text,
    p_tenant_hk pg_catalog.bytea,
    p_event_types pg_catalog.text[],
    p_tenant_hks pg_catalog.bytea[]
)
RETURNS pg_catalog.bool
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN (p_tenant_hks IS NULL OR coalesce(p_tenant_hk = ANY (p_tenant_hks), false)) AND EXISTS (
    SELECT FROM unnest(p_event_types) AS t (pattern)
    WHERE t.pattern = p_event_type
        OR (right(t.pattern, 1) = '*' AND starts_with(p_event_type, left(t.pattern, -1))));

COMMENT ON FUNCTION script_tracking.event_matches(
    pg_catalog.text, pg_catalog.bytea, pg_catalog.text[], pg_catalog.bytea[]) IS
    'Whether an endpoint with these types and tenants gets an event';
