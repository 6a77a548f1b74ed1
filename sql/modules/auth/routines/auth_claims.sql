-- Returns what the caller claims about the attempt, for its metadata: nothing here is proven, and nothing contains the
-- password.
CREATE OR REPLACE FUNCTION script_tracking.auth_claims(
    p_user pg_catalog.text,
    p_tenant_hk pg_catalog.bytea,
    p_user_data pg_catalog.jsonb,
    p_password pg_catalog.text
)
RETURNS pg_catalog.jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
RETURN jsonb_strip_nulls(jsonb_build_object('claimed_user', p_user, 'claimed_tenant', encode(p_tenant_hk, 'hex'))) || (
    SELECT coalesce(jsonb_object_agg(c.name, c.value), '{}')
    FROM (VALUES
        ('claimed_client_ip', substring(coalesce(p_user_data ->> 'ip_address', p_user_data ->> 'client_ip',
            p_user_data ->> 'ip') FROM '^[0-9a-fA-F.:/]{2,50}$')),
        ('claimed_user_agent', left(p_user_data ->> 'user_agent', 200))) AS c (name, value)
    WHERE c.value IS NOT NULL AND (p_password = '' OR strpos(lower(c.value), lower(p_password)) = 0));

COMMENT ON FUNCTION script_tracking.auth_claims(
    pg_catalog.text, pg_catalog.bytea, pg_catalog.jsonb, pg_catalog.text) IS 'What a caller claims of an attempt, for its metadata';
