-- Records what became of a digest that was to go to a destination, and when to try again. The wait doubles from a minute to an
-- hour, and is at least what the destination asked for, up to a day. Attempts that fail one after the other are one row.
CREATE OR REPLACE FUNCTION script_tracking.record_departure(
    p_destination pg_catalog.text,
    p_outcome pg_catalog.text,
    p_block_number pg_catalog.int8,
    p_block_hash pg_catalog.bytea,
    p_root_hash pg_catalog.bytea,
    p_document pg_catalog.text,
    p_proof pg_catalog.jsonb,
    p_detail pg_catalog.text,
    p_wait_seconds pg_catalog.float8 DEFAULT NULL
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_has_left CONSTANT pg_catalog.bool := p_outcome = 'left';
    v_found script_tracking.digest_destination;
    v_detail CONSTANT pg_catalog.text := left(script_tracking.redact_message(p_detail), 1000);
    v_last script_tracking.digest_departure;
BEGIN
    SELECT d.* INTO v_found FROM script_tracking.digest_destination AS d WHERE d.destination_name = p_destination FOR UPDATE;
    UPDATE script_tracking.digest_destination AS d
    SET claimed_until = NULL, failures = CASE WHEN v_has_left THEN 0 ELSE d.failures + 1 END,
        is_gone = p_outcome = 'gone',
        next_attempt_at = CASE WHEN NOT v_has_left THEN clock_timestamp() + make_interval(secs => greatest(
            least(60 * 2 ^ least(d.failures, 6), 3600), least(coalesce(p_wait_seconds, 0), 86400))) END
    WHERE d.destination_name = p_destination;
    SELECT e.* INTO v_last FROM script_tracking.digest_departure AS e
    WHERE e.destination_name = p_destination ORDER BY e.departure_id DESC LIMIT 1;
    IF NOT v_has_left AND v_last.outcome <> 'left' THEN
        UPDATE script_tracking.digest_departure AS e
        SET outcome = p_outcome, last_attempt_at = clock_timestamp(), attempts = e.attempts + 1, db_session_user = session_user,
            block_number = p_block_number, block_hash = p_block_hash, root_hash = p_root_hash, digest_document = p_document,
            proof = p_proof, detail = v_detail
        WHERE e.departure_id = v_last.departure_id;
    ELSE
        INSERT INTO script_tracking.digest_departure (destination_name, destination_kind, outcome, block_number, block_hash,
            root_hash, digest_document, proof, detail)
        VALUES (p_destination, v_found.destination_kind, p_outcome, p_block_number, p_block_hash, p_root_hash, p_document, p_proof,
            v_detail);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_departure(pg_catalog.text, pg_catalog.text, pg_catalog.int8, pg_catalog.bytea,
    pg_catalog.bytea, pg_catalog.text, pg_catalog.jsonb, pg_catalog.text, pg_catalog.float8) IS
    'Records what became of a digest that was to go to a destination, and when to try again';
