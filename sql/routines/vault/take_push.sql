-- Notes that a source pushes, and returns how far it is; see begin_push. Another database than the one that pushed first is
-- refused: o_refused says why. Not an error, because the finding must stay. p_last_block: the last block of its seals, 0 if
-- nothing is sealed.
CREATE OR REPLACE FUNCTION script_tracking.take_push(
    p_source script_tracking.vault_source,
    p_place pg_catalog.jsonb,
    p_last_block pg_catalog.int8,
    OUT o_source_name pg_catalog.text,
    OUT o_event_number pg_catalog.int8,
    OUT o_block_number pg_catalog.int8,
    OUT o_refused pg_catalog.text
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_source script_tracking.vault_source := p_source;
    v_place CONSTANT pg_catalog.jsonb := p_place - '{name,version}'::pg_catalog.text[];
BEGIN
    o_source_name := v_source.source_name;
    o_event_number := v_source.event_number;
    o_block_number := v_source.block_number;
    IF v_source.place IS NOT NULL AND v_source.place <> v_place THEN
        PERFORM script_tracking.note_vault_finding(v_source.source_name, 'place', v_place::pg_catalog.text,
            format('another database pushes as this source: %s', p_place));
        o_refused := format('the source %s is another database; a copy must not push in its place', v_source.source_name);
        RETURN;
    END IF;
    IF p_last_block < v_source.block_number THEN
        PERFORM script_tracking.note_vault_finding(v_source.source_name, 'rewritten', 'block ' || v_source.block_number,
            format('its seals end with block %s, and block %s had arrived: they were removed, or a restore lost them',
                p_last_block, v_source.block_number));
    END IF;
    UPDATE script_tracking.vault_source AS s
    SET place = v_place, database_name = p_place ->> 'name', dbtrack_version = p_place ->> 'version',
        last_seen_at = clock_timestamp()
    WHERE s.source_name = v_source.source_name;
END
$function$;

COMMENT ON FUNCTION script_tracking.take_push(script_tracking.vault_source, pg_catalog.jsonb, pg_catalog.int8) IS
    'Notes that a source pushes; for the functions of this schema';
