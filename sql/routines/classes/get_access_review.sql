-- Returns the rows of an access review: who has access to what is classified, by which grant, since when, by which execution
-- and ticket, when the login was last seen, and what of it is an exception. Kinds: no_ticket; unknown_origin: nobody knows who
-- gave it; public; shared_login; unused_login: for p_unused_days nothing of the login is in the record. Where no login is ever
-- recorded (the module auth), logins_recorded is false, and unused_login says only that it did nothing that is recorded: then it
-- does not count. Superusers and owners have their access without a grant.
CREATE OR REPLACE FUNCTION script_tracking.get_access_review(
    p_class pg_catalog.text DEFAULT NULL,
    p_unused_days pg_catalog.int4 DEFAULT 90,
    p_tenant pg_catalog.bytea DEFAULT NULL
)
RETURNS TABLE (
    object_identity pg_catalog.text,
    object_type pg_catalog.text,
    classes pg_catalog.text[],
    classified_columns pg_catalog.text[],
    column_name pg_catalog.text,
    login pg_catalog.text,
    how pg_catalog.text,
    through pg_catalog.text[],
    privileges pg_catalog.text[],
    can_read pg_catalog.bool,
    can_write pg_catalog.bool,
    can_use_schema pg_catalog.bool,
    granted_at pg_catalog.timestamptz,
    granted_by pg_catalog.bytea,
    script_name pg_catalog.text,
    grantor_login pg_catalog.text,
    ticket pg_catalog.text,
    known_by pg_catalog.text,
    last_used_at pg_catalog.timestamptz,
    last_login_at pg_catalog.timestamptz,
    is_connected pg_catalog.bool,
    logins_recorded pg_catalog.bool,
    exceptions pg_catalog.text[],
    open_exceptions pg_catalog.text[],
    explained_by pg_catalog.text
)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_since CONSTANT pg_catalog.timestamptz := statement_timestamp() - make_interval(days => p_unused_days);
    v_shared CONSTANT pg_catalog.text[] :=
        script_tracking.evidence_patterns(script_tracking.current_setting_value('evidence.shared_logins'));
    v_logins_recorded CONSTANT pg_catalog.bool := EXISTS (SELECT FROM script_tracking.script_execution_s AS s
        WHERE s.script_type = 'AUTHENTICATION' AND s.load_date >= v_since);
BEGIN
    RETURN QUERY
    WITH access AS MATERIALIZED (
        SELECT a.* FROM script_tracking.get_class_access(p_class, NULL, p_tenant) AS a
        WHERE a.can_read OR a.can_write
    ), used AS MATERIALIZED (
        SELECT u.* FROM script_tracking.login_uses(ARRAY(SELECT DISTINCT a.login FROM access AS a WHERE a.login <> 'PUBLIC'), v_since) AS u
    ), judged AS (
        SELECT a.object_identity, a.object_type, a.classes, a.classified_columns, a.column_name, a.login, a.how, a.through, a.privileges,
            a.can_read, a.can_write, a.can_use_schema, CASE WHEN a.cause <> 'baseline' THEN a.granted_at END AS granted_at,
            CASE WHEN a.cause <> 'baseline' THEN a.granted_by END AS granted_by,
            coalesce(o.operation_name, o.script_name)::pg_catalog.text AS script_name,
            o.db_session_user::pg_catalog.text AS grantor_login, nullif(btrim(o.ticket), '') AS ticket,
            CASE WHEN a.how IN ('grant', 'PUBLIC') THEN CASE a.cause WHEN 'captured' THEN 'recorded'
                WHEN 'baseline' THEN 'before the record' ELSE coalesce(a.cause, 'not recorded') END END AS known_by,
            u.last_used_at, u.last_login_at, u.is_connected, v_logins_recorded AS logins_recorded,
            array_remove(ARRAY[
                CASE WHEN a.how IN ('grant', 'PUBLIC') AND a.cause NOT IN ('baseline', 'reconcile') AND nullif(btrim(o.ticket), '') IS NULL
                    THEN 'no_ticket' END,
                CASE WHEN a.how IN ('grant', 'PUBLIC') AND coalesce(a.cause, '') IN ('', 'baseline', 'reconcile') THEN 'unknown_origin' END,
                CASE WHEN a.how = 'PUBLIC' THEN 'public' END,
                CASE WHEN a.login LIKE ANY (v_shared) THEN 'shared_login' END,
                CASE WHEN v_logins_recorded AND a.login <> 'PUBLIC' AND u.last_used_at IS NULL AND NOT u.is_connected
                    THEN 'unused_login' END], NULL) AS exceptions
        FROM access AS a
        LEFT JOIN used AS u ON u.login = a.login
        LEFT JOIN LATERAL (
            SELECT e.* FROM script_tracking.execution_origin AS e
            WHERE e.load_date = a.granted_at AND e.script_execution_hk = a.granted_by OFFSET 0) AS o ON a.cause <> 'baseline'
    )
    SELECT j.object_identity, j.object_type, j.classes, j.classified_columns, j.column_name, j.login, j.how, j.through, j.privileges,
        j.can_read, j.can_write, j.can_use_schema, j.granted_at, j.granted_by, j.script_name, j.grantor_login, j.ticket, j.known_by,
        j.last_used_at, j.last_login_at, j.is_connected, j.logins_recorded, j.exceptions,
        ARRAY(SELECT k.kind FROM unnest(j.exceptions) AS k (kind)
            WHERE NOT EXISTS (SELECT FROM script_tracking.review_exception AS e
                WHERE e.script_execution_hk = j.granted_by AND coalesce(e.kind, k.kind) = k.kind)),
        (SELECT e.signed_by FROM script_tracking.review_exception AS e
         WHERE e.script_execution_hk = j.granted_by AND coalesce(e.kind = ANY (j.exceptions), true) AND j.exceptions <> '{}'
         ORDER BY e.signed_at DESC LIMIT 1)
    FROM judged AS j
    ORDER BY j.object_identity, j.login, j.how, j.column_name NULLS FIRST, j.granted_at;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_access_review(pg_catalog.text, pg_catalog.int4, pg_catalog.bytea) IS
    'The rows of an access review: access to what is classified, where it comes from, when the login was last seen, exceptions';
