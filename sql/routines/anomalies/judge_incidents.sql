-- Returns what was unusual since p_since, each with its threshold and what first lifted it above that: those above it, with p_is_all
-- all. The threshold is the score that only anomalies.per_week a week were above in the eight weeks before, and once so many have
-- come in seven days, the lowest of the so many highest of these days. Most are below a threshold of before that still holds: nothing
-- is computed for them.
CREATE OR REPLACE FUNCTION script_tracking.judge_incidents(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz,
    p_tenant_hk pg_catalog.bytea,
    p_is_all pg_catalog.bool
)
RETURNS TABLE (
    occurred_at pg_catalog.timestamptz,
    last_at pg_catalog.timestamptz,
    measure pg_catalog.text,
    subject_kind pg_catalog.text,
    subject pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    value pg_catalog."numeric",
    expected pg_catalog."numeric",
    deviation pg_catalog."numeric",
    score pg_catalog."numeric",
    threshold pg_catalog."numeric",
    others pg_catalog.text[],
    execution_key pg_catalog.bytea,
    recorder pg_catalog.xid8,
    noted_at pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
#variable_conflict use_variable
DECLARE
    c_past CONSTANT pg_catalog."interval" := '1344 hours';
    c_week CONSTANT pg_catalog."interval" := '7 days';
    c_least CONSTANT pg_catalog."numeric" := 4;
    v_per_week CONSTANT pg_catalog.int4 := script_tracking.current_setting_value('anomalies.per_week')::pg_catalog.int4;
    v_known_since pg_catalog.timestamptz;
    -- How many of the latest are kept in any case: more than a threshold can depend on.
    v_chunk CONSTANT pg_catalog.int4 := 300 + 8 * v_per_week;
    v_low pg_catalog."numeric";
    v_full pg_catalog.int4 := 2 * v_chunk;
    v_known_eight_weeks pg_catalog.timestamptz;
    v_one record;
    v_place record;
    v_allowed pg_catalog.int8;
    v_is_wanted pg_catalog.bool;
    -- Of those above c_least, the only ones that a threshold depends on, and of those that were told.
    v_times pg_catalog.timestamptz[] := '{}';
    v_scores pg_catalog."numeric"[] := '{}';
    v_told_times pg_catalog.timestamptz[] := '{}';
    v_told_scores pg_catalog."numeric"[] := '{}';
    -- The threshold of the eight weeks for so many allowed, and that of the week: until one that they come from is too old, they can
    -- only rise.
    v_past_floor pg_catalog."numeric" := 0;
    v_past_until pg_catalog.timestamptz := '-infinity';
    v_past_allowed pg_catalog.int8;
    v_week_floor pg_catalog."numeric" := 0;
    v_week_until pg_catalog.timestamptz := '-infinity';
    -- Whether something came since that can raise them.
    v_is_past_old pg_catalog.bool := true;
    v_is_week_old pg_catalog.bool := true;
BEGIN
    SELECT f.first_at INTO v_known_since FROM script_tracking.first_seen AS f
    WHERE f.seen_kind = 'login' AND (p_tenant_hk IS NULL OR f.tenant_hk = p_tenant_hk)
    ORDER BY f.first_at LIMIT 1;
    v_known_eight_weeks := v_known_since + c_past;
    FOR v_one IN
        SELECT i.* FROM script_tracking.anomaly_incidents(p_since - c_past, p_until, p_tenant_hk,
            c_least, 8 * v_per_week, CASE WHEN p_is_all THEN p_since END) AS i
        WHERE i.score > c_least OR p_is_all AND i.occurred_at >= p_since
        ORDER BY i.occurred_at, i.measure, i.subject, i.tenant_hk NULLS FIRST
    LOOP
        v_is_wanted := p_is_all AND v_one.occurred_at >= p_since;
        v_allowed := CASE WHEN v_one.occurred_at >= v_known_eight_weeks THEN 8 * v_per_week
            ELSE round(v_per_week * least(8, greatest(1, extract(epoch FROM v_one.occurred_at - v_known_since) / 604800))) END;
        IF v_is_wanted OR NOT (v_one.score <= v_week_floor AND v_one.occurred_at < v_week_until
            OR v_one.score <= v_past_floor AND v_one.occurred_at < v_past_until AND v_allowed = v_past_allowed) THEN
            IF v_is_past_old OR v_one.occurred_at >= v_past_until OR v_allowed <> v_past_allowed THEN
                SELECT CASE WHEN count(*) > v_allowed THEN min(p.score) ELSE 0 END AS score,
                    coalesce(min(p.moment) + c_past, 'infinity') AS until INTO v_place
                FROM (SELECT u.moment, u.score FROM unnest(v_times, v_scores) AS u (moment, score)
                    WHERE u.moment >= v_one.occurred_at - c_past AND u.moment < v_one.occurred_at
                    ORDER BY u.score DESC LIMIT v_allowed + 1) AS p;
                v_past_floor := v_place.score;
                v_past_until := v_place.until;
                v_past_allowed := v_allowed;
                -- Those of the same moment count for later ones only.
                v_is_past_old := coalesce(v_times[cardinality(v_times)] >= v_one.occurred_at, false);
            END IF;
            IF v_is_week_old OR v_one.occurred_at >= v_week_until THEN
                SELECT CASE WHEN count(*) >= v_per_week THEN min(p.score) ELSE 0 END AS score,
                    coalesce(min(p.moment) + c_week, 'infinity') AS until INTO v_place
                FROM (SELECT u.moment, u.score FROM unnest(v_told_times, v_told_scores) AS u (moment, score)
                    WHERE u.moment > v_one.occurred_at - c_week
                    ORDER BY u.score DESC LIMIT v_per_week) AS p;
                v_week_floor := v_place.score;
                v_week_until := v_place.until;
                v_is_week_old := false;
            END IF;
            threshold := greatest(c_least, v_past_floor, v_week_floor);
            IF v_one.score > threshold THEN
                v_told_times := v_told_times || v_one.occurred_at;
                v_told_scores := v_told_scores || v_one.score;
                v_is_week_old := true;
            END IF;
            IF v_is_wanted OR v_one.score > threshold AND v_one.occurred_at >= p_since THEN
                -- What first lifted it above the threshold.
                recorder := v_one.recorders[1];
                noted_at := v_one.noted[1];
                IF cardinality(v_one.scores) > 1 THEN
                    SELECT r.recorder, r.noted_at INTO recorder, noted_at
                    FROM unnest(v_one.scores, v_one.recorders, v_one.noted) AS r (score, recorder, noted_at)
                    ORDER BY r.score > threshold DESC, r.noted_at LIMIT 1;
                END IF;
                occurred_at := v_one.occurred_at;
                last_at := v_one.last_at;
                measure := v_one.measure;
                subject_kind := v_one.subject_kind;
                subject := v_one.subject;
                tenant_hk := v_one.tenant_hk;
                value := v_one.value;
                expected := v_one.expected;
                deviation := v_one.deviation;
                score := v_one.score;
                others := v_one.others;
                execution_key := v_one.execution_key;
                RETURN NEXT;
            END IF;
        END IF;
        IF v_one.score > c_least THEN
            v_times := v_times || v_one.occurred_at;
            v_scores := v_scores || v_one.score;
            v_is_past_old := v_is_past_old OR v_past_floor = 0 OR v_one.score > v_past_floor;
            -- What so many later ones are not below is never again among the highest.
            IF cardinality(v_times) >= v_full THEN
                v_low := (SELECT u.score FROM unnest(v_scores[cardinality(v_scores) - v_chunk + 1:]) AS u (score)
                    ORDER BY u.score DESC OFFSET 8 * v_per_week LIMIT 1);
                SELECT array_agg(u.moment ORDER BY u.place), array_agg(u.score ORDER BY u.place) INTO v_times, v_scores
                FROM unnest(v_times, v_scores) WITH ORDINALITY AS u (moment, score, place)
                WHERE u.place > cardinality(v_times) - v_chunk OR u.score > v_low;
                v_full := 2 * cardinality(v_times);
            END IF;
        END IF;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.judge_incidents(
    pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.bytea, pg_catalog.bool) IS
    'What was unusual since a time, each with the threshold that holds for it; p_is_all: also what is below it';
