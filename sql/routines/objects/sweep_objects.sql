-- Compares the catalogs with the history of objects, and appends what the history lacks: the first version of each object, what capture
-- left to maintain, and what it did not see. One call does one slice; the next call continues where it ended. A sweep begins
-- when the last one is a day old, when capture left something, or after a restore or pg_upgrade, which give objects new oids.
CREATE OR REPLACE FUNCTION script_tracking.sweep_objects(
    p_most pg_catalog.int4 DEFAULT 1000,
    OUT o_outcome pg_catalog.text,
    OUT o_compared pg_catalog.int8,
    OUT o_written pg_catalog.int8
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
SET row_security = on
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    c_catalogs CONSTANT pg_catalog.oid[] := '{2615,1247,1255,1259,3381,1417,2328,3079,3456,2605,2617,3602,3600,6104,6100,3466,
        1418,826,2612,2601,3576,2607,2753,2616,3601,3764}';
    v_state script_tracking.object_state;
    v_place pg_catalog.jsonb;
    v_redaction pg_catalog.text;
    v_object pg_catalog.oid;
    v_gone record;
    v_row pg_catalog.jsonb[];
    v_rows pg_catalog.jsonb[] := '{}';
    v_left pg_catalog.int4 := p_most;
    v_seen pg_catalog.int4;
BEGIN
    o_compared := 0;
    o_written := 0;
    IF NOT (SELECT s.with_history AND s.is_enabled FROM script_tracking.capture_setting AS s) THEN
        o_outcome := 'off';
        RETURN;
    END IF;
    SELECT s.* INTO v_state FROM script_tracking.object_state AS s FOR UPDATE;
    SELECT s.redaction INTO v_redaction FROM script_tracking.capture_setting AS s;
    v_place := script_tracking.object_place();
    IF v_state.place <> v_place THEN
        -- In another cluster the incarnation can be the same by chance.
        IF v_state.place ->> 'incarnation' = v_place ->> 'incarnation' THEN
            v_rows := ARRAY(SELECT d FROM script_tracking.displaced_versions() AS d (d));
            IF v_rows <> '{}' THEN
                PERFORM script_tracking.write_swept(v_rows);
                v_rows := '{}';
            END IF;
        END IF;
        v_state.place := v_place;
        v_state.sweep_step := 0;
        v_state.baseline_at := NULL;
        v_state.swept_at := NULL;
    END IF;
    IF v_state.sweep_step = 0 THEN
        IF v_state.swept_at > now() - '1 day'::pg_catalog."interval" AND NOT EXISTS (
            SELECT FROM script_tracking.script_execution_s AS s
            WHERE s.load_date >= v_state.swept_at AND s.metadata ? 'objects_pending'
                AND NOT EXISTS (SELECT FROM script_tracking.vault_tenant AS t WHERE t.tenant_hk = s.tenant_hk)) THEN
            o_outcome := 'done';
            PERFORM script_tracking.fill_object_hub();
            RETURN;
        END IF;
        v_state.sweep_step := 1;
        v_state.sweep_oid := 0;
        v_state.sweep_hk := '';
        v_state.sweep_started_at := script_tracking.records_since();
    END IF;
    WHILE v_state.sweep_step <= cardinality(c_catalogs) AND v_left > 0 LOOP
        v_seen := 0;
        -- Not what initdb made: the schema public, plpgsql.
        FOR v_object IN SELECT c.oid FROM script_tracking.catalog_history(c_catalogs[v_state.sweep_step],
            greatest(v_state.sweep_oid, 16383::pg_catalog.oid), v_left)
            AS c (oid) LOOP
            -- What cannot be rendered now, because a table in it is locked or ever, is left to the next sweep.
            BEGIN
                v_row := script_tracking.missing_version(c_catalogs[v_state.sweep_step], v_object, v_state.swept_at, v_redaction,
                    v_state.baseline_at IS NULL);
            EXCEPTION
                WHEN serialization_failure OR deadlock_detected THEN
                    RAISE;
                WHEN OTHERS THEN
                    v_row := NULL;
            END;
            IF v_row IS NOT NULL THEN
                v_rows := v_rows || v_row;
            END IF;
            v_state.sweep_oid := v_object;
            v_seen := v_seen + 1;
        END LOOP;
        o_compared := o_compared + v_seen;
        v_left := v_left - v_seen;
        IF v_left > 0 THEN
            v_state.sweep_step := v_state.sweep_step + 1;
            v_state.sweep_oid := 0;
        END IF;
    END LOOP;
    IF v_left > 0 THEN
        PERFORM script_tracking.fill_object_hub();
        v_seen := 0;
        IF v_state.baseline_at IS NULL THEN
            -- The links of this slice first: what has none is gone.
            v_rows := v_rows || ARRAY(SELECT g FROM script_tracking.lost_versions(v_rows) AS g (g));
        END IF;
        FOR v_gone IN SELECT h.object_hk, h.version, h.is_gone
            FROM script_tracking.gone_objects(v_state.sweep_hk, greatest(v_left, 100) * 5, v_state.swept_at) AS h LOOP
            v_state.sweep_hk := v_gone.object_hk;
            v_seen := v_seen + 1;
            IF v_gone.is_gone THEN
                v_rows := v_rows || v_gone.version;
            END IF;
        END LOOP;
        IF v_seen < greatest(v_left, 100) * 5 THEN
            v_state.sweep_step := 0;
            v_state.swept_at := v_state.sweep_started_at;
            v_state.baseline_at := coalesce(v_state.baseline_at, now());
            PERFORM script_tracking.forget_left_out();
        END IF;
    END IF;
    o_written := cardinality(v_rows);
    IF o_written > 0 THEN
        PERFORM script_tracking.write_swept(v_rows);
        PERFORM script_tracking.renumber_parts();
        PERFORM script_tracking.fill_object_hub();
    END IF;
    UPDATE script_tracking.object_state AS s
    SET place = v_state.place, sweep_step = v_state.sweep_step, sweep_oid = v_state.sweep_oid, sweep_hk = v_state.sweep_hk,
        sweep_started_at = v_state.sweep_started_at, baseline_at = v_state.baseline_at, swept_at = v_state.swept_at;
    o_outcome := CASE WHEN v_state.sweep_step = 0 THEN 'done' ELSE 'more' END;
END
$function$;

COMMENT ON FUNCTION script_tracking.sweep_objects(pg_catalog.int4) IS
    'Compares one slice of the catalogs with the history of objects, and appends what it lacks';
