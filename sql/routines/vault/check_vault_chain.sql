-- Checks that a batch of events follows those that have arrived, and returns the chain after its last event. p_batch has the
-- number of the first event, the chain before it, and the ids. Events that were sent before have the same chain.
CREATE OR REPLACE FUNCTION script_tracking.check_vault_chain(p_source script_tracking.vault_source, p_batch pg_catalog.jsonb)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_first CONSTANT pg_catalog.int8 := (p_batch ->> 'first')::pg_catalog.int8;
    v_chain pg_catalog.bytea := decode(p_batch ->> 'chain_before', 'hex');
    v_number pg_catalog.int8 := v_first - 1;
    v_known pg_catalog.bytea := CASE WHEN v_number = p_source.event_number THEN v_chain END;
    v_id pg_catalog.text;
BEGIN
    IF p_source.last_arrival_at IS NOT NULL AND v_first > p_source.event_number + 1 THEN
        PERFORM script_tracking.note_vault_finding(p_source.source_name, 'gap', v_first::pg_catalog.text,
            format('events %s to %s did not arrive', p_source.event_number + 1, v_first - 1));
    END IF;
    FOR v_id IN SELECT i.id FROM jsonb_array_elements_text(p_batch -> 'ids') WITH ORDINALITY AS i (id, place) ORDER BY i.place LOOP
        v_number := v_number + 1;
        v_chain := sha256(v_chain || convert_to(v_id, 'UTF8'));
        IF v_number = p_source.event_number THEN
            v_known := v_chain;
        END IF;
    END LOOP;
    IF p_source.last_arrival_at IS NOT NULL AND v_known <> p_source.event_chain THEN
        PERFORM script_tracking.note_vault_finding(p_source.source_name, 'fork', p_source.event_number::pg_catalog.text,
            format('event %s is not the one that arrived under this number: a failover lost events, or two copies of the '
                'database push', p_source.event_number));
    END IF;
    RETURN v_chain;
END
$function$;

COMMENT ON FUNCTION script_tracking.check_vault_chain(script_tracking.vault_source, pg_catalog.jsonb) IS
    'Checks that a batch of events follows those that have arrived; for the functions of this schema';
