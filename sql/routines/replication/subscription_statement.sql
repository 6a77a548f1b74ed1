-- Returns the statement that a subscriber runs to receive a publication of the record. The connection string has no
-- password: the subscriber's server reads it from its password file. From PostgreSQL 16 on, a worker would write as the
-- tables' owner, to whom their forced row security applies, and which it therefore refuses.
CREATE OR REPLACE FUNCTION script_tracking.subscription_statement(
    p_publication_name pg_catalog.text,
    p_subscription_name pg_catalog.text,
    p_connection pg_catalog.text,
    p_copies_data pg_catalog.bool,
    p_subscriber_major pg_catalog.int4,
    p_follows_failover pg_catalog.bool DEFAULT false
)
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT format(E'CREATE SUBSCRIPTION %I\n    CONNECTION %L\n    PUBLICATION %I%s;', p_subscription_name, p_connection,
        p_publication_name,
        coalesce(E'\n    WITH (' || nullif(concat_ws(', ', CASE WHEN p_subscriber_major >= 16 THEN 'run_as_owner = true' END,
            CASE WHEN NOT p_copies_data THEN 'copy_data = false' END,
            CASE WHEN p_follows_failover THEN 'failover = true' END), '') || ')', ''))
$function$;

COMMENT ON FUNCTION script_tracking.subscription_statement(
    pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.bool, pg_catalog.int4, pg_catalog.bool) IS
    'The statement that a subscriber runs to receive a publication of the record';
