-- Returns a description of the transaction that has the rollups locked; NULL if none has. Only operators and
-- administrators see whose it is.
CREATE OR REPLACE FUNCTION script_tracking.get_rollup_holder()
RETURNS pg_catalog.text
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
AS $function$
    SELECT CASE WHEN NOT EXISTS (
            SELECT
            FROM script_tracking.installation AS i
            JOIN pg_catalog.pg_roles AS r ON r.rolname = i.property_value
            WHERE i.property_name::pg_catalog.text IN ('role.operator', 'role.admin', 'role.owner')
                AND pg_has_role(session_user, r.oid, 'MEMBER')) THEN 'another transaction'
        WHEN l.pid IS NULL THEN format('the prepared transaction %L of %s, since %s (COMMIT PREPARED or ROLLBACK PREPARED ends it)',
            x.gid, x.owner, to_char(x.prepared, 'YYYY-MM-DD HH24:MI:SSOF'))
        ELSE format('process %s (%s), in a transaction since %s', l.pid,
            concat_ws(', ', coalesce(a.usename, 'login unknown'), a.state),
            coalesce(to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SSOF'), 'an unknown time')) END
    FROM pg_catalog.pg_locks AS l
    LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
    LEFT JOIN pg_catalog.pg_locks AS t ON l.pid IS NULL AND t.virtualtransaction = l.virtualtransaction
        AND t.locktype = 'transactionid'
    LEFT JOIN pg_catalog.pg_prepared_xacts AS x ON x.transaction = t.transactionid
    -- Only advance_rollups writes this table, after it has locked the row 'lock.rollup'.
    WHERE l.locktype = 'relation' AND l.granted AND l.mode = 'RowExclusiveLock'
        AND l.relation = 'script_tracking.rollup_state'::pg_catalog.regclass
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
        AND l.pid IS DISTINCT FROM pg_backend_pid()
    ORDER BY coalesce(a.xact_start, x.prepared)
    LIMIT 1
$function$;

COMMENT ON FUNCTION script_tracking.get_rollup_holder() IS
    'The other transaction that has the rollups locked, so that they cannot be brought up to date: process, login, start';
