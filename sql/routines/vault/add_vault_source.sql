-- Adds a source, or one that was removed again, and returns its token, once; NULL if a login pushes, which then needs none,
-- or if a subscription brings its record.
CREATE OR REPLACE FUNCTION script_tracking.add_vault_source(
    p_source_name pg_catalog.text,
    p_login pg_catalog.text DEFAULT NULL,
    p_expected_seconds pg_catalog.int4 DEFAULT 3600,
    p_subscription pg_catalog.text DEFAULT NULL
)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_token pg_catalog.text;
BEGIN
    IF p_source_name IS NULL OR p_source_name !~ '^[a-z0-9][a-z0-9._-]{0,39}$' THEN
        RAISE EXCEPTION '"%" cannot name a source', p_source_name
            USING ERRCODE = 'DT006', HINT = '1 to 40 small letters, digits, dots, underscores and hyphens';
    ELSIF p_expected_seconds IS NULL OR p_expected_seconds NOT BETWEEN 60 AND 31536000 THEN
        RAISE EXCEPTION 'a source cannot be expected every % seconds', p_expected_seconds
            USING ERRCODE = 'DT006', HINT = 'a minute to a year';
    ELSIF NOT EXISTS (SELECT FROM script_tracking.installation AS i WHERE i.property_name = 'role.vault') THEN
        RAISE EXCEPTION 'this database is not a vault' USING ERRCODE = 'DT006', HINT = 'run: dbtrack vault install';
    ELSIF p_login IS NOT NULL AND to_regrole(quote_ident(p_login)) IS NULL THEN
        RAISE EXCEPTION 'there is no role "%"', p_login USING ERRCODE = 'DT006', HINT = 'create it with CREATE ROLE NAME LOGIN';
    ELSIF EXISTS (SELECT FROM script_tracking.vault_source AS s
            WHERE s.source_name = p_source_name AND s.removed_at IS NULL) THEN
        RAISE EXCEPTION 'there is a source "%" already', p_source_name
            USING ERRCODE = 'DT006', HINT = 'choose another name, or first run: dbtrack vault remove ' || p_source_name;
    ELSIF p_subscription IS NOT NULL AND p_login IS NOT NULL THEN
        RAISE EXCEPTION 'either a login pushes, or a subscription brings the record' USING ERRCODE = 'DT006';
    ELSIF EXISTS (SELECT FROM pg_catalog.pg_subscription AS u WHERE u.subname = p_subscription
            AND u.subdbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())) THEN
        RAISE EXCEPTION 'there is a subscription "%" already, and what it brought belongs to no source', p_subscription
            USING ERRCODE = 'DT006', HINT = 'add the source first, then create its subscription';
    END IF;
    IF p_login IS NULL AND p_subscription IS NULL THEN
        v_token := 'dbv_' || encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
    END IF;
    BEGIN
        INSERT INTO script_tracking.vault_source AS s (source_name, login_name, token_hash, expected_seconds, subscription_name)
        VALUES (p_source_name, p_login, sha256(convert_to(v_token, 'UTF8')), p_expected_seconds, p_subscription)
        ON CONFLICT ON CONSTRAINT vault_source_pkey DO UPDATE SET login_name = excluded.login_name,
            token_hash = excluded.token_hash, expected_seconds = excluded.expected_seconds, removed_at = NULL,
            subscription_name = excluded.subscription_name, follows_erasures = false;
    EXCEPTION WHEN unique_violation THEN
        RAISE EXCEPTION '% "%" is that of another source', CASE WHEN p_login IS NULL THEN 'the subscription' ELSE 'the login' END,
            coalesce(p_login, p_subscription) USING ERRCODE = 'DT006';
    END;
    IF p_subscription IS NOT NULL THEN
        -- The tenant for its rows without one. Its other tenants arrive.
        PERFORM script_tracking.vault_tenants(p_source_name, '[{"hk": null}]');
    END IF;
    RETURN v_token;
END
$function$;

COMMENT ON FUNCTION script_tracking.add_vault_source(
    pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.text) IS
    'Adds a source of the vault and returns its token, once; NULL if a login pushes, or a subscription brings the record';
