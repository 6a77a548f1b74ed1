-- Describes the transaction of this database that has been open the longest, if it is older than a limit: a session's
-- transaction, with the statement that it runs or ran last, or a prepared one.
CREATE OR REPLACE FUNCTION script_tracking.oldest_transaction(
    p_age pg_catalog."interval" DEFAULT '1 hour'
)
RETURNS pg_catalog.text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
AS $function$
    SELECT t.transaction
    FROM (
        SELECT p.prepared AS since, format('the prepared transaction %L of %s, of %s (COMMIT PREPARED or ROLLBACK PREPARED ends it)',
            p.gid, p.owner, to_char(p.prepared, 'YYYY-MM-DD HH24:MIOF')) AS transaction
        FROM pg_catalog.pg_prepared_xacts AS p
        WHERE p.database = current_database()
        UNION ALL
        SELECT a.xact_start, format('the transaction of process %s (%s, %s, since %s): %s', a.pid, a.usename, a.state,
            to_char(a.xact_start, 'YYYY-MM-DD HH24:MIOF'),
            coalesce(script_tracking.redact_statement(a.query, 'secrets', 200), 'its statement is not known'))
        FROM pg_catalog.pg_stat_activity AS a
        WHERE a.datname = current_database() AND a.backend_type IS DISTINCT FROM 'autovacuum worker'
    ) AS t
    WHERE t.since < clock_timestamp() - p_age
    ORDER BY t.since
    LIMIT 1
$function$;

COMMENT ON FUNCTION script_tracking.oldest_transaction(pg_catalog."interval") IS
    'The oldest transaction of this database in words, if it is older than that; for the functions of this schema';
