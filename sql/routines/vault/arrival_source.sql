-- Returns the source of the vault whose record this replication worker brings; NULL if it brings that of no source.
CREATE OR REPLACE FUNCTION script_tracking.arrival_source()
RETURNS pg_catalog.text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- Most databases are no vault, and this is asked for each row.
    IF NOT EXISTS (SELECT FROM script_tracking.vault_source AS s WHERE s.subscription_name IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT s.source_name
        FROM pg_stat_get_subscription(NULL) AS w
        JOIN pg_catalog.pg_subscription AS u ON u.oid = w.subid
        JOIN script_tracking.vault_source AS s ON s.subscription_name = u.subname
        WHERE w.pid = pg_backend_pid()
        LIMIT 1);
END
$function$;

COMMENT ON FUNCTION script_tracking.arrival_source() IS 'The source of the vault whose record this replication worker brings';
