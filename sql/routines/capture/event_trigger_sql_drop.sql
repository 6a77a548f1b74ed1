-- sql_drop: passes the dropped objects to ddl_command_end, which records the command once, with all its objects. They
-- are kept by nesting level, because another sql_drop trigger may run DDL of its own before that end comes. Late in a
-- large transaction it runs without a guarded block, as event_trigger_ddl_end does.
CREATE OR REPLACE FUNCTION script_tracking.event_trigger_sql_drop()
RETURNS pg_catalog.event_trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET quote_all_identifiers = off
SET plan_cache_mode = force_generic_plan
SET lock_timeout = '10s'
AS $function$
DECLARE
    v_proven pg_catalog.text := coalesce(current_setting('dbtrack.ddl_proven', true), '');
    v_tag CONSTANT pg_catalog.text := TG_TAG;
    v_dropped pg_catalog.text;
    v_gone pg_catalog.text;
    v_is_plain pg_catalog.bool;
    v_most_described pg_catalog.int4;
BEGIN
    IF v_proven <> '' THEN
        IF EXISTS (SELECT FROM pg_event_trigger_dropped_objects() AS d
            WHERE d.schema_name = 'script_tracking' OR d.object_identity = 'script_tracking') THEN
            -- If this drops anything of dbtrack's, no kind counts as proven any more.
            v_proven := set_config('dbtrack.ddl_proven', '', true);
        ELSIF strpos(v_proven, '|drop ' || v_tag || '|') > 0 THEN
            FOR v_dropped IN SELECT script_tracking.capture_drop(v_tag) LOOP
                NULL;
            END LOOP;
            RETURN;
        END IF;
    END IF;
    BEGIN
        -- Equal from here.
        IF coalesce(current_setting('dbtrack.ddl_extension', true), '') <> '' AND v_tag NOT LIKE '% EXTENSION'
            AND script_tracking.captured_in_extension() THEN
            RETURN;
        END IF;
        -- Nearly all commands drop what they name, and with it only its parts. The defaults of a
        -- table look as if they were more than parts.
        SELECT bool_and((d.original OR d.object_type = 'default value') AND v_tag <> 'DROP EXTENSION'
                AND strpos(d.object_identity, '"') = 0 AND strpos(d.object_identity, 'pg_temp') = 0)
                AND (bool_and(d.original) OR (min(d.address_names[1:2]) = max(d.address_names[1:2])
                    AND bool_and(d.object_type IN ('table', 'foreign table', 'default value')))),
            jsonb_agg(jsonb_build_array(d.object_type, d.object_identity, d.schema_name, false))
                FILTER (WHERE d.original)::pg_catalog.text
        INTO v_is_plain, v_dropped
        FROM pg_event_trigger_dropped_objects() AS d
        WHERE d.original OR d.normal OR d.object_type IN ('table', 'foreign table');
        IF NOT v_is_plain THEN
            v_dropped := script_tracking.captured_drop(v_tag);
        END IF;
        SELECT s.most_described INTO v_most_described FROM script_tracking.capture_setting AS s WHERE s.with_history;
        IF v_most_described IS NOT NULL THEN
            -- One constraint and nothing else, without the call, which costs more than this. ddl_command_end knows whose it is.
            IF v_tag = 'ALTER TABLE' AND v_is_plain AND starts_with(v_dropped, '[["table constraint", ') THEN
                SELECT jsonb_agg(jsonb_build_array(concat(d.address_names[1], '.', d.address_names[2]), 'constraint ' || d.objid,
                    NULL, NULL, d.address_names[3]))::pg_catalog.text
                INTO v_gone
                FROM pg_event_trigger_dropped_objects() AS d
                HAVING count(*) = 1 AND min(d.schema_name) <> 'script_tracking';
            END IF;
            -- JSON has no line breaks of its own.
            IF v_gone IS NULL THEN
                v_gone := script_tracking.captured_dropped(v_most_described, v_tag);
            END IF;
            IF v_gone IS NOT NULL THEN
                v_dropped := concat(v_dropped, E'\n', v_gone);
            END IF;
        END IF;
        IF v_dropped IS NOT NULL THEN
            v_dropped := set_config(
                'dbtrack.ddl_dropped'
                    || greatest(cardinality(string_to_array(current_setting('dbtrack.ddl_stack', true), ' ')) - 1, 0),
                script_tracking.capture_digest(v_dropped) || v_dropped, true);
        END IF;
        -- Equal up to here.
        IF v_proven <> '' AND right(v_tag, 10) <> ' EXTENSION' THEN
            v_dropped := set_config('dbtrack.ddl_proven', v_proven || '|drop ' || v_tag || '|', true);
        END IF;
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            v_dropped := script_tracking.capture_drop_partly(v_tag, SQLSTATE, SQLERRM);
    END;
END
$function$;

COMMENT ON FUNCTION script_tracking.event_trigger_sql_drop() IS
    'Passes the dropped objects to the end of the command';
