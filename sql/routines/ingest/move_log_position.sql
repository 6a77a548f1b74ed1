-- Advances the position of a log, if it is still where the caller began to read; of two sessions that read the same
-- log, the later one finds it elsewhere.
CREATE OR REPLACE FUNCTION script_tracking.move_log_position(
    p_position pg_catalog.jsonb,
    p_execution_count pg_catalog.int4
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_source_hash pg_catalog.bytea := decode(p_position ->> 'source_hash', 'hex');
    v_from_offset pg_catalog.int8 := (p_position ->> 'from_offset')::pg_catalog.int8;
BEGIN
    INSERT INTO script_tracking.log_position (source_hash, source_name, log_format, byte_offset, tail_hash)
    VALUES (v_source_hash, p_position ->> 'source_name', p_position ->> 'log_format', 0, sha256(''))
    ON CONFLICT ON CONSTRAINT log_position_pkey DO NOTHING;
    UPDATE script_tracking.log_position AS l
    SET byte_offset = (p_position ->> 'to_offset')::pg_catalog.int8,
        tail_hash = decode(p_position ->> 'tail_hash', 'hex'),
        source_name = p_position ->> 'source_name',
        provider_place = nullif(p_position -> 'provider_place', 'null'),
        execution_count = l.execution_count + p_execution_count,
        last_read_at = clock_timestamp()
    WHERE l.source_hash = v_source_hash AND l.byte_offset = v_from_offset;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another dbtrack ingest has advanced the position in %', p_position ->> 'source_name'
            USING ERRCODE = 'DT005', HINT = 'nothing was recorded twice; run it again for the rest';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.move_log_position(pg_catalog.jsonb, pg_catalog.int4) IS
    'Advances the position of a log, or reports that another session did; for the functions of this schema';
