-- Returns the changes of a period, in no order: executions that can change structure, rights or settings and that ran
-- inside no other one, each with the exceptions that its own row shows. Everything is decided in one pass over the period,
-- because each kind by itself would have to find the same changes again.
CREATE OR REPLACE FUNCTION script_tracking.get_evidence_population(
    since pg_catalog.timestamptz,
    until pg_catalog.timestamptz,
    tenant pg_catalog.bytea DEFAULT NULL
)
RETURNS TABLE (
    script_execution_hk pg_catalog.bytea,
    tenant_hk pg_catalog.bytea,
    tenant_name pg_catalog.text,
    occurred_at pg_catalog.timestamptz,
    recorded_at pg_catalog.timestamptz,
    script_type pg_catalog.text,
    execution_status pg_catalog.text,
    subject pg_catalog.text,
    login pg_catalog.text,
    acting_role pg_catalog.text,
    application pg_catalog.text,
    client_address pg_catalog.text,
    ticket pg_catalog.text,
    reason pg_catalog.text,
    approved_by pg_catalog.text,
    pull_request pg_catalog.text,
    ci_run_url pg_catalog.text,
    ci_actor pg_catalog.text,
    git_commit pg_catalog.text,
    git_author pg_catalog.text,
    is_emergency pg_catalog.bool,
    is_pipeline pg_catalog.bool,
    record_source pg_catalog.text,
    version_number pg_catalog.int8,
    exceptions pg_catalog.text[],
    classes pg_catalog.text[]
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- With the values, only the months are planned that the moments leave.
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_since CONSTANT pg_catalog.timestamptz := get_evidence_population.since;
    v_until CONSTANT pg_catalog.timestamptz := get_evidence_population.until;
    v_tenant CONSTANT pg_catalog.bytea := get_evidence_population.tenant;
    v_hours CONSTANT pg_catalog.text := script_tracking.current_setting_value('evidence.hours');
    v_zone CONSTANT pg_catalog.text := coalesce(script_tracking.current_setting_value('evidence.zone'), 'UTC');
    v_pipeline CONSTANT pg_catalog.text[] :=
        script_tracking.evidence_patterns(script_tracking.current_setting_value('evidence.pipeline'));
    v_sees_all CONSTANT pg_catalog.bool := script_tracking.sees_all_tenants();
    v_shared CONSTANT pg_catalog.text[] :=
        script_tracking.evidence_patterns(script_tracking.current_setting_value('evidence.shared_logins'));
BEGIN
    RETURN QUERY
    WITH hour AS MATERIALIZED (
        SELECT h.weekday, h.opens, h.closes FROM script_tracking.evidence_hours(v_hours) AS h
    ), person AS MATERIALIZED (
        -- Who a text means is worked out once for each text, since there are few people and many changes: for each change it
        -- took nine tenths of the time.
        SELECT d.said, script_tracking.evidence_names(d.said) AS names
        FROM (
            SELECT DISTINCT v.said
            FROM script_tracking.script_execution_s AS s
            CROSS JOIN LATERAL (VALUES (nullif(btrim(s.metadata ->> 'approved_by'), '')), (s.db_session_user::pg_catalog.text),
                (s.metadata ->> 'ci_actor'), (coalesce(s.metadata ->> 'git_author', s.metadata ->> 'git_commit_author'))) AS v (said)
            WHERE s.load_end_date IS NULL AND s.metadata ? 'approved_by' AND v.said IS NOT NULL
                AND s.execution_timestamp >= v_since AND s.execution_timestamp < v_until
                AND s.load_date >= v_since - '1 day'::pg_catalog."interval"
                AND (v_tenant IS NULL OR s.tenant_hk = v_tenant)
        ) AS d
    ), inner_execution AS MATERIALIZED (
        -- What is_proven_link asks, written out: it would be called for each link. A login that does not see the operation
        -- cannot say whether it had a ticket: that is not held against the change.
        SELECT l.child_execution_hk, bool_or(p.script_execution_hk IS NOT NULL) AS is_proven
        FROM script_tracking.script_execution_parent_l AS l
        JOIN script_tracking.script_execution_s AS c ON c.script_execution_hk = l.child_execution_hk
            AND c.load_end_date IS NULL AND c.load_date >= v_since - '1 day'::pg_catalog."interval"
            AND c.execution_timestamp >= v_since AND c.execution_timestamp < v_until
        -- An operation may have begun long before the period, and ended long after it.
        LEFT JOIN script_tracking.script_execution_s AS p ON p.script_execution_hk = l.parent_execution_hk
            AND p.load_end_date IS NULL
        WHERE l.load_date >= v_since - '1 day'::pg_catalog."interval" AND l.parent_execution_hk <> l.child_execution_hk
            AND CASE WHEN p.script_execution_hk IS NULL THEN NOT v_sees_all
                WHEN l.link_type = 'nested' THEN c.metadata ->> 'transaction_id' = p.metadata ->> 'transaction_id'
                ELSE c.db_session_user = p.db_session_user AND coalesce(c.tenant_hk = p.tenant_hk, true)
                    AND c.execution_timestamp >= p.execution_timestamp
                    AND (p.execution_status = 'RUNNING' OR c.execution_timestamp <= p.load_date) END
        GROUP BY l.child_execution_hk
    ), change AS (
        SELECT s.*, m.*, i.is_proven IS NOT NULL AS is_hidden_inside,
            -- Nobody can write these sources but dbtrack's own functions.
            s.record_source ~ '^(maintain|cleanup)@' AS is_own_work,
            s.script_type = 'UNATTRIBUTED' AS is_unattributed,
            s.script_type = 'UNATTRIBUTED' AND s.affected_objects[1] ~ '^et_(ddl_command_start|ddl_command_end|sql_drop|table_rewrite)$'
                AS is_own_trigger,
            -- A DDL that failed changed nothing.
            s.execution_status = 'FAILED' AND (s.metadata ? 'command_tag' OR s.script_type = 'DDL_LOG') AS is_attempt,
            -- Nobody did it here: it is judged on the node where somebody did.
            s.metadata ? 'replicated' AS is_replicated
        FROM script_tracking.script_execution_s AS s
        CROSS JOIN LATERAL (
            SELECT nullif(btrim(s.metadata ->> 'ticket'), '') AS ticket_name,
                nullif(btrim(s.metadata ->> 'approved_by'), '') AS approver,
                s.metadata ->> 'ci_actor' AS actor,
                coalesce(s.metadata ->> 'git_author', s.metadata ->> 'git_commit_author') AS author,
                s.metadata ->> 'application_name' AS application_name,
                s.metadata -> 'emergency' = 'true' AS emergency
        ) AS m
        LEFT JOIN inner_execution AS i ON i.child_execution_hk = s.script_execution_hk
        WHERE s.load_end_date IS NULL
            AND s.execution_timestamp >= v_since AND s.execution_timestamp < v_until
            AND s.load_date >= v_since - '1 day'::pg_catalog."interval"
            AND (v_tenant IS NULL OR s.tenant_hk = v_tenant)
            AND s.script_type NOT IN ('REPORTING', 'BACKUP', 'AUTHENTICATION', 'REVIEW', 'CLASSIFICATION', 'SECURITY')
            AND i.is_proven IS NOT TRUE
    ), judged AS (
        SELECT c.*, NOT (c.is_own_work OR c.is_unattributed OR c.is_attempt OR c.is_hidden_inside OR c.is_replicated)
                AS is_judged,
            coalesce(NOT c.metadata ? 'command_tag' AND c.script_type <> 'DDL_LOG' AND NOT c.is_unattributed
                    AND c.record_source !~ '^(administration|erase|restore|archive_restore|verify|reconcile)@'
                OR NOT c.is_replicated
                    AND (c.db_session_user LIKE ANY (v_pipeline) OR c.application_name LIKE ANY (v_pipeline)), false) AS in_pipeline
        FROM change AS c
    )
    SELECT j.script_execution_hk, j.tenant_hk, t.tenant_bk::pg_catalog.text, j.execution_timestamp, j.load_date,
        j.script_type::pg_catalog.text, j.execution_status::pg_catalog.text,
        j.script_name || CASE WHEN j.affected_objects = '{}' THEN ''
            ELSE ' ' || "left"(j.affected_objects[1], 200) END
            || CASE WHEN cardinality(j.affected_objects) > 1
            THEN format(' and %s more', cardinality(j.affected_objects) - 1) ELSE '' END,
        CASE WHEN NOT (j.is_unattributed OR j.is_replicated) THEN j.db_session_user::pg_catalog.text END,
        nullif(j.metadata ->> 'role', 'none'), j.application_name, host(j.client_ip), j.ticket_name, j.metadata ->> 'reason',
        j.approver, j.metadata ->> 'pull_request', j.metadata ->> 'ci_run_url', j.actor, j.metadata ->> 'git_commit',
        j.author, coalesce(j.emergency, false), j.in_pipeline, j.record_source::pg_catalog.text, j.version_number,
        array_remove(ARRAY[
            CASE WHEN j.is_unattributed AND NOT j.is_own_trigger THEN 'unrecorded_change' END,
            CASE WHEN j.is_judged AND NOT j.in_pipeline THEN 'outside_pipeline' END,
            CASE WHEN j.is_judged AND j.ticket_name IS NULL THEN 'no_ticket' END,
            -- As evidence_same_person.
            CASE WHEN j.is_judged AND (a.names && u.names OR a.names && c.names OR a.names && g.names) THEN 'same_person' END,
            CASE WHEN j.is_judged AND EXISTS (SELECT FROM hour) AND NOT EXISTS (
                SELECT FROM hour AS h, LATERAL (SELECT j.execution_timestamp AT TIME ZONE v_zone AS moment) AS l
                WHERE h.weekday = extract(isodow FROM l.moment) AND l.moment::pg_catalog."time" >= h.opens
                    AND l.moment::pg_catalog."time" < h.closes) THEN 'out_of_hours' END,
            CASE WHEN NOT j.is_attempt AND CASE
                WHEN j.script_name ~ '^(role |(CREATE|ALTER) (ROLE|USER|GROUP)$|GRANT)'
                THEN script_tracking.gained_rights(j.script_name, j.sql_command, j.metadata) IS NOT NULL END
                THEN 'superuser_right' END,
            CASE WHEN j.emergency THEN 'emergency_not_reviewed' END,
            CASE WHEN j.is_judged AND j.db_session_user LIKE ANY (v_shared) THEN 'shared_login' END], NULL),
        coalesce(k.classes, '{}')
    FROM judged AS j
    LEFT JOIN person AS a ON a.said = j.approver
    LEFT JOIN person AS u ON u.said = j.db_session_user::pg_catalog.text
    LEFT JOIN person AS c ON c.said = j.actor
    LEFT JOIN person AS g ON g.said = j.author
    LEFT JOIN script_tracking.classified_executions(v_since - '1 day'::pg_catalog."interval") AS k
        ON k.script_execution_hk = j.script_execution_hk
    LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = j.tenant_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_evidence_population(pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.bytea) IS
    'The changes of a period, as evidence counts them, each with the exceptions that its own row shows';
