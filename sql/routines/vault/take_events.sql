-- Writes a batch of a source: its events, and their rows. Sent again after a crash, it changes nothing. Everything is written
-- in this transaction, together with how far the source is.
CREATE OR REPLACE FUNCTION script_tracking.take_events(
    p_source script_tracking.vault_source,
    p_batch pg_catalog.jsonb,
    p_rows pg_catalog.json,
    OUT o_event_number pg_catalog.int8,
    OUT o_versions pg_catalog.int8
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_source script_tracking.vault_source := p_source;
    v_count CONSTANT pg_catalog.int4 := jsonb_array_length(p_batch -> 'ids');
    v_last CONSTANT pg_catalog.int8 := (p_batch ->> 'first')::pg_catalog.int8 + v_count - 1;
    v_chain pg_catalog.bytea;
    v_written record;
BEGIN
    PERFORM script_tracking.check_source_place(v_source, p_batch -> 'place');
    -- Rows that are here, sent again for an erasure: of no use unless it is followed.
    IF p_batch ? 'is_erasure' AND NOT v_source.follows_erasures THEN
        o_event_number := v_source.event_number;
        o_versions := 0;
        RETURN;
    END IF;
    SELECT w.* INTO v_written FROM script_tracking.vault_rows(v_source.source_name, p_rows) AS w;
    o_versions := v_written.o_versions;
    o_event_number := v_source.event_number;
    IF v_count > 0 THEN
        v_chain := script_tracking.check_vault_chain(v_source, p_batch);
        -- Behind the last one it is an older batch; a chain that differs is noted, and the source's own continues.
        IF v_last > v_source.event_number OR v_source.last_arrival_at IS NULL
            OR (v_last = v_source.event_number AND v_chain <> v_source.event_chain) THEN
            o_event_number := v_last;
            v_source.event_chain := v_chain;
        END IF;
    END IF;
    UPDATE script_tracking.vault_source AS s
    SET event_number = o_event_number, event_chain = v_source.event_chain,
        executions = s.executions + v_written.o_executions, versions = s.versions + v_written.o_versions,
        last_seen_at = clock_timestamp(),
        last_arrival_at = CASE WHEN v_count > 0 THEN clock_timestamp() ELSE s.last_arrival_at END,
        last_event_at = greatest(s.last_event_at, (p_batch ->> 'last_event_at')::pg_catalog.timestamptz)
    WHERE s.source_name = v_source.source_name;
END
$function$;

COMMENT ON FUNCTION script_tracking.take_events(script_tracking.vault_source, pg_catalog.jsonb, pg_catalog.json) IS
    'Writes events of a source with their rows; for the functions of this schema';
