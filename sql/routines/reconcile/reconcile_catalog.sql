-- Compares the catalogs with the last snapshot and with the record; a change that no execution explains becomes an
-- execution. The order matters: first the header, then the catalogs, then the record, each seen a little later. A DDL
-- command that commits in between is searched for once too often, never once too seldom.
CREATE OR REPLACE FUNCTION script_tracking.reconcile_catalog(
    baseline pg_catalog.bool DEFAULT false,
    OUT o_outcome pg_catalog.text,
    OUT o_objects pg_catalog.int8,
    OUT o_changes pg_catalog.int8,
    OUT o_unattributed pg_catalog.int8,
    OUT o_window_start pg_catalog.timestamptz,
    OUT o_window_end pg_catalog.timestamptz
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET row_security = on
AS $function$
DECLARE
    v_last script_tracking.catalog_snapshot;
    v_now script_tracking.catalog_snapshot;
BEGIN
    PERFORM FROM script_tracking.installation AS i WHERE i.property_name = 'lock.reconcile' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another reconcile is running' USING ERRCODE = 'DT005', HINT = 'nothing was done; run it again later';
    END IF;
    v_now := ROW(true, clock_timestamp(), script_tracking.records_since(), pg_current_snapshot(),
        script_tracking.catalog_place(),
        (SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'installed_at'),
        script_tracking.catalog_unreadable());
    SELECT c.* INTO v_last FROM script_tracking.catalog_snapshot AS c;
    DELETE FROM script_tracking.catalog_difference;
    o_window_start := v_last.taken_at;
    o_window_end := v_now.taken_at;
    o_changes := 0;
    o_unattributed := 0;
    IF v_last.taken_at IS NULL OR baseline THEN
        o_outcome := 'baseline';
    ELSIF v_last.place - 'database' <> v_now.place - 'database' AND EXISTS (
        SELECT FROM script_tracking.suspension AS s WHERE s.compared_at IS NULL AND coalesce(s.resumed_at, 'infinity') > v_last.taken_at)
    THEN
        -- The server was upgraded, or replaced by a copy, for which capture was suspended.
        o_outcome := 'compared_by_name';
        PERFORM script_tracking.compare_by_name();
        PERFORM script_tracking.explain_catalog(false);
        SELECT count(*) INTO o_changes FROM script_tracking.catalog_difference AS d WHERE d.change IS NOT NULL;
        o_unattributed := script_tracking.record_unattributed(v_last.taken_at, v_now.taken_at);
    ELSIF v_last.place - 'database' <> v_now.place - 'database' THEN
        o_outcome := 'restored';
        INSERT INTO script_tracking.catalog_difference (object_type, object_identity, change, before, after)
        VALUES ('database', quote_ident(current_database()), 'restored',
            script_tracking.jsonb_difference(v_last.place, v_now.place),
            script_tracking.jsonb_difference(v_now.place, v_last.place));
        o_changes := 1;
        o_unattributed := script_tracking.record_unattributed(v_last.taken_at, v_now.taken_at);
    ELSE
        o_outcome := 'compared';
        PERFORM script_tracking.compare_catalog(v_last.unreadable = v_now.unreadable);
        PERFORM script_tracking.explain_catalog(v_last.installed_at IS DISTINCT FROM v_now.installed_at);
        SELECT count(*) INTO o_changes FROM script_tracking.catalog_difference AS d WHERE d.change IS NOT NULL;
        o_unattributed := script_tracking.record_unattributed(v_last.taken_at, v_now.taken_at);
    END IF;
    PERFORM script_tracking.keep_snapshot(o_outcome <> 'compared', v_now);
    SELECT count(*) INTO o_objects FROM script_tracking.catalog_object AS o;
    UPDATE script_tracking.suspension AS s SET compared_at = clock_timestamp()
    WHERE s.resumed_at IS NOT NULL AND s.compared_at IS NULL;
    INSERT INTO script_tracking.examination (examination_kind, is_clean, details)
    VALUES ('reconcile', o_unattributed = 0, jsonb_build_object('outcome', o_outcome, 'objects', o_objects,
        'changes', o_changes, 'unattributed', o_unattributed));
END
$function$;

COMMENT ON FUNCTION script_tracking.reconcile_catalog(pg_catalog.bool) IS
    'Compares the catalogs with the last snapshot: changes that no execution explains become UNATTRIBUTED executions';
