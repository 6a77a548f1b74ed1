-- Notes what versions show that was never seen before, and counts those that ended an execution by login: the versions that
-- were recorded since p_old_before, up to p_new_before, as the counters choose them. Each counts once, also one that another
-- superseded later. If p_old_before is NULL it begins, and also takes those without a transaction. Returns how many versions
-- it noted, and the first hour in which an execution of theirs began.
CREATE OR REPLACE FUNCTION script_tracking.note_versions(
    p_old_before pg_catalog.xid8,
    p_old_without pg_catalog.xid8[],
    p_new_before pg_catalog.xid8,
    p_new_without pg_catalog.xid8[],
    OUT o_versions pg_catalog.int8,
    OUT o_first_hour pg_catalog.timestamptz
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
-- As in uncounted_since: one plan for the session, which reads the index on recorded_by.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
SET max_parallel_workers_per_gather = 0
AS $function$
DECLARE
    -- More of one kind are not rare, and must not make the table as large as the record.
    c_most_of_a_kind CONSTANT pg_catalog.int8 := 1000;
    v_from CONSTANT pg_catalog.xid8 := coalesce(p_old_before, '0');
    v_is_first CONSTANT pg_catalog.bool := p_old_before IS NULL;
    v_hours CONSTANT pg_catalog.text := script_tracking.current_setting_value('evidence.hours');
    v_zone CONSTANT pg_catalog.text := coalesce(script_tracking.current_setting_value('evidence.zone'), 'UTC');
    v_kept_since CONSTANT pg_catalog.timestamptz := date_trunc('hour', now() - '100 days'::pg_catalog."interval", 'UTC');
BEGIN
    WITH open_time AS MATERIALIZED (
        SELECT h.weekday, h.opens, h.closes FROM script_tracking.evidence_hours(v_hours) AS h
    ), row_of AS (
        SELECT s.* FROM script_tracking.script_execution_s AS s
        WHERE s.recorded_by >= v_from AND s.recorded_by < p_new_before AND s.recorded_by <> ALL (p_new_without)
        UNION ALL
        SELECT s.* FROM script_tracking.script_execution_s AS s
        WHERE s.recorded_by = ANY (p_old_without) AND s.recorded_by <> ALL (p_new_without) AND s.recorded_by < v_from
        UNION ALL
        SELECT s.* FROM script_tracking.script_execution_s AS s WHERE s.recorded_by IS NULL AND v_is_first
    ), written AS MATERIALIZED (
        SELECT coalesce(r.tenant_hk, '') AS tenant_hk, r.script_execution_hk, r.execution_timestamp, r.execution_status,
            r.db_session_user, host(r.client_ip) AS address,
            CASE WHEN starts_with(r.metadata ->> 'application_name', 'dbtrack:') THEN 'dbtrack:'
                ELSE regexp_replace(left(r.metadata ->> 'application_name', 255), '[0-9]+', '#', 'g') END AS application,
            left(r.metadata ->> 'agent', 255) AS agent,
            left(coalesce(r.metadata ->> 'command_tag', r.script_type), 255) AS command,
            CASE WHEN r.script_type IN ('DDL_AUTO', 'DDL_LOG') AND r.execution_status = 'COMPLETED'
                THEN r.affected_objects[1:20] END AS objects,
            r.execution_status <> 'RUNNING' AND (r.script_type <> 'DDL_LOG' OR NOT r.metadata ? 'counted_with') AS has_ended,
            r.script_type IN ('DDL_AUTO', 'DDL_LOG') AND r.execution_status = 'COMPLETED' AND EXISTS (SELECT FROM open_time)
                AND NOT EXISTS (
                    SELECT FROM open_time AS h, LATERAL (SELECT r.execution_timestamp AT TIME ZONE v_zone AS moment) AS l
                    WHERE h.weekday = extract(isodow FROM l.moment) AND l.moment::pg_catalog."time" >= h.opens
                        AND l.moment::pg_catalog."time" < h.closes) AS is_out_of_hours,
            CASE WHEN jsonb_typeof(r.metadata -> 'duration_us') = 'number'
                THEN (r.metadata ->> 'duration_us')::pg_catalog."numeric" / 1000
                ELSE r.execution_duration_ms END AS duration_ms
        FROM row_of AS r
    ), thing AS (
        SELECT t.kind, w.tenant_hk, t.login, t.subject, min(w.execution_timestamp) AS first_at,
            (array_agg(w.script_execution_hk ORDER BY w.execution_timestamp))[1] AS script_execution_hk
        FROM written AS w
        CROSS JOIN LATERAL (
            VALUES ('login', w.db_session_user, ''), ('address', '', w.address), ('application', '', w.application),
                ('agent', '', w.agent), ('command', '', w.command), ('login_command', w.db_session_user, w.command)
            UNION
            SELECT 'login_schema', w.db_session_user, left(substring(o.object FROM '^("(?:[^"]|"")+"|[^. "(]+)\.'), 255)
            FROM unnest(w.objects) AS o (object)
        ) AS t (kind, login, subject)
        -- Erased people are nobody new.
        WHERE t.subject IS NOT NULL AND (t.kind LIKE 'login%' OR t.subject <> '') AND w.db_session_user <> '[erased]'
        GROUP BY t.kind, w.tenant_hk, t.login, t.subject
    ), known AS (
        SELECT k.tenant_hk, k.kind, (SELECT count(*) FROM script_tracking.first_seen AS f
            WHERE f.tenant_hk = k.tenant_hk AND f.seen_kind = k.kind) AS things
        FROM (SELECT DISTINCT t.tenant_hk, t.kind FROM thing AS t) AS k
    ), ranked AS (
        SELECT t.*, k.things + row_number() OVER (PARTITION BY t.tenant_hk, t.kind ORDER BY t.first_at) AS place,
            EXISTS (SELECT FROM script_tracking.first_seen AS f WHERE f.tenant_hk = t.tenant_hk AND f.seen_kind = t.kind
                AND f.db_session_user = t.login AND f.subject = t.subject) AS is_known
        FROM thing AS t
        JOIN known AS k ON k.tenant_hk = t.tenant_hk AND k.kind = t.kind
    ), noted AS (
        INSERT INTO script_tracking.first_seen AS f
            (seen_kind, tenant_hk, db_session_user, subject, first_at, script_execution_hk)
        SELECT r.kind, r.tenant_hk, r.login, r.subject, r.first_at, r.script_execution_hk
        FROM ranked AS r WHERE r.is_known OR r.place <= c_most_of_a_kind
        ON CONFLICT ON CONSTRAINT first_seen_pkey DO UPDATE
        SET first_at = excluded.first_at, script_execution_hk = excluded.script_execution_hk
        WHERE excluded.first_at < f.first_at
    ), counted AS (
        INSERT INTO script_tracking.rollup_login AS l
            (hour_start, tenant_hk, db_session_user, ended, failed, timed, duration_ms, out_of_hours, script_execution_hk)
        SELECT date_trunc('hour', w.execution_timestamp, 'UTC'), w.tenant_hk, w.db_session_user, count(*),
            count(*) FILTER (WHERE w.execution_status <> 'COMPLETED'), count(w.duration_ms), coalesce(sum(w.duration_ms), 0),
            count(*) FILTER (WHERE w.is_out_of_hours),
            (array_agg(w.script_execution_hk ORDER BY w.execution_timestamp) FILTER (WHERE w.is_out_of_hours))[1]
        FROM written AS w
        WHERE w.has_ended AND w.execution_timestamp >= v_kept_since
        GROUP BY 1, w.tenant_hk, w.db_session_user
        ON CONFLICT ON CONSTRAINT rollup_login_pkey DO UPDATE SET ended = l.ended + excluded.ended,
            failed = l.failed + excluded.failed, timed = l.timed + excluded.timed,
            duration_ms = l.duration_ms + excluded.duration_ms, out_of_hours = l.out_of_hours + excluded.out_of_hours,
            script_execution_hk = coalesce(l.script_execution_hk, excluded.script_execution_hk),
            recorded_by = CASE WHEN l.out_of_hours = 0 THEN excluded.recorded_by ELSE l.recorded_by END,
            noted_at = CASE WHEN l.out_of_hours = 0 THEN excluded.noted_at ELSE l.noted_at END
    )
    SELECT count(*), date_trunc('hour', min(w.execution_timestamp) FILTER (WHERE w.has_ended), 'UTC')
    INTO o_versions, o_first_hour
    FROM written AS w;
END
$function$;

COMMENT ON FUNCTION script_tracking.note_versions(pg_catalog.xid8, pg_catalog.xid8[], pg_catalog.xid8, pg_catalog.xid8[]) IS
    'Notes what versions show that was never seen before, and counts them by login';
