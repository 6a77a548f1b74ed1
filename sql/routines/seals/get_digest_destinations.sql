-- Lists the destinations of digests, with the last digest that left for each. Shown to those who see all tenants.
-- digest_lag: for how long the oldest sealed block waits whose digest has not left.
CREATE OR REPLACE FUNCTION script_tracking.get_digest_destinations()
RETURNS TABLE (
    destination_name pg_catalog.text,
    destination_kind pg_catalog.text,
    is_scheduled pg_catalog.bool,
    departs_every pg_catalog."interval",
    left_at pg_catalog.timestamptz,
    block_number pg_catalog.int8,
    retained_until pg_catalog.timestamptz,
    digest_lag pg_catalog."interval",
    failures pg_catalog.int4,
    last_failure pg_catalog.text,
    next_attempt_at pg_catalog.timestamptz,
    is_gone pg_catalog.bool
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
#variable_conflict use_column
BEGIN
    PERFORM script_tracking.own_audit();
    IF NOT (script_tracking.caller_may_administer() OR script_tracking.token_sees_all() OR script_tracking.auditor_sees_all()) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT d.* FROM script_tracking.digest_destinations() AS d;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_digest_destinations() IS
    'Where digests are sent, the last that left for each, and how long the oldest sealed block has waited (digest_lag); for those who '
    'see all tenants';
