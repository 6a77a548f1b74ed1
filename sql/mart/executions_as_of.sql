-- Every execution as the record had it at a moment, in the columns of the view executions. It returns the view's row type,
-- so that a new column of the view changes neither its signature nor what depends on it.
CREATE OR REPLACE FUNCTION dbtrack_mart.executions_as_of(moment pg_catalog.timestamptz)
RETURNS SETOF dbtrack_mart.executions
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT
        v.execution_key, v.tenant, v.script_name, v.script_type, v.execution_status, v.started_at, v.ended_at,
        v.duration_ms, v.login, v.acting_role, v.client_address, v.application, v.command_tag, v.object_count,
        v.sql_command, v.error_message, v.sqlstate, v.exit_code, v.ticket, v.reason, v.environment, v.approved_by,
        v.git_commit, v.git_branch, v.ci_run_url, v.ci_actor, p.parent_key, v.transaction_id, v.metadata,
        v.version_number, v.load_date, v.record_source, v.pull_request, v.is_emergency
    FROM dbtrack_mart.execution_history AS v
    -- For all rows at once: the view looks for the parent of each.
    LEFT JOIN (
        SELECT l.child_key, min(l.parent_key) AS parent_key FROM dbtrack_mart.execution_links AS l
        WHERE l.link_type = 'tracked' AND l.load_date <= moment
        GROUP BY l.child_key
    ) AS p ON p.child_key = v.execution_key
    WHERE v.load_date <= moment AND (v.valid_to IS NULL OR v.valid_to > moment)
$function$;

COMMENT ON FUNCTION dbtrack_mart.executions_as_of(pg_catalog.timestamptz) IS
    'Every execution as the record had it at that moment, in the columns of the view executions';
