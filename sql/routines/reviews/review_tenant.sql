-- Returns the tenant whose changes the caller reviews; NULL: all tenants and the platform. An administrator reviews
-- everything, a login of a tenant what is its tenant's.
CREATE OR REPLACE FUNCTION script_tracking.review_tenant(p_tenant_hk pg_catalog.bytea)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_tenants pg_catalog.bytea[] := script_tracking.caller_tenants();
    v_sees_all pg_catalog.bool;
BEGIN
    IF current_setting('dbtrack.tenant_token', true) LIKE '%.0.%' THEN
        PERFORM script_tracking.check_writing_token();
    END IF;
    -- In a transaction that proved a tenant an administrator, too, acts for that tenant only.
    v_sees_all := script_tracking.token_sees_all() OR coalesce(current_setting('dbtrack.tenant_token', true), '') = ''
        AND script_tracking.caller_may_administer();
    IF p_tenant_hk IS NULL AND NOT v_sees_all THEN
        IF cardinality(v_tenants) <> 1 THEN
            RAISE EXCEPTION '% may not review the changes of all tenants', session_user
                USING ERRCODE = 'DT004', HINT = CASE cardinality(v_tenants)
                    WHEN 0 THEN 'administrators, auditors and the logins of a tenant may sign a review'
                    ELSE 'name one of your tenants: --tenant TENANT' END;
        END IF;
        RETURN v_tenants[1];
    END IF;
    -- A tenant that does not exist gets the same answer, so that nobody else learns which tenants exist.
    IF p_tenant_hk <> ALL (v_tenants) AND NOT v_sees_all THEN
        RAISE EXCEPTION '% may not review the changes of this tenant', session_user
            USING ERRCODE = 'DT004', HINT = 'administrators, auditors and the logins of a tenant may sign a review';
    ELSIF p_tenant_hk IS NOT NULL AND NOT EXISTS (SELECT FROM script_tracking.tenant_h AS h WHERE h.tenant_hk = p_tenant_hk) THEN
        RAISE EXCEPTION 'there is no such tenant: %', encode(p_tenant_hk, 'hex')
            USING ERRCODE = 'DT003', HINT = 'list them with: dbtrack tenant list';
    END IF;
    RETURN p_tenant_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.review_tenant(pg_catalog.bytea) IS
    'The tenant whose changes the caller reviews, NULL for everything; refused where it may not';
