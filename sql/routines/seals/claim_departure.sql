-- Decides whether a digest is to be sent to a destination now, and claims the destination for five minutes, so that two
-- processes do not send the same. Says send; current: this block has left; waiting: a scheduled digest is not due, or a failure
-- is not to be tried again yet; gone: the destination wants no more; busy: another process sends there.
CREATE OR REPLACE FUNCTION script_tracking.claim_departure(
    p_destination pg_catalog.text,
    p_kind pg_catalog.text,
    p_is_scheduled pg_catalog.bool,
    p_every pg_catalog."interval",
    p_block_hash pg_catalog.bytea
)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_found script_tracking.digest_destination;
    v_left_at pg_catalog.timestamptz;
BEGIN
    INSERT INTO script_tracking.digest_destination AS d (destination_name, destination_kind, is_scheduled, departs_every)
    VALUES (p_destination, p_kind, p_is_scheduled, p_every)
    ON CONFLICT (destination_name) DO UPDATE SET is_scheduled = d.is_scheduled OR p_is_scheduled,
        departs_every = CASE WHEN p_is_scheduled THEN p_every ELSE d.departs_every END
    RETURNING * INTO v_found;
    SELECT max(e.last_attempt_at) INTO v_left_at FROM script_tracking.digest_departure AS e
    WHERE e.destination_name = p_destination AND e.outcome = 'left';
    IF v_found.claimed_until > clock_timestamp() THEN
        RETURN 'busy';
    ELSIF EXISTS (SELECT FROM script_tracking.digest_departure AS e
            WHERE e.destination_name = p_destination AND e.outcome = 'left' AND e.block_hash = p_block_hash) THEN
        RETURN 'current';
    ELSIF p_is_scheduled AND v_found.is_gone THEN
        RETURN 'gone';
    ELSIF p_is_scheduled AND (v_found.next_attempt_at > clock_timestamp() OR v_left_at + p_every > clock_timestamp()) THEN
        RETURN 'waiting';
    END IF;
    UPDATE script_tracking.digest_destination AS d SET claimed_until = clock_timestamp() + '5 minutes'::pg_catalog."interval"
    WHERE d.destination_name = p_destination;
    RETURN 'send';
END
$function$;

COMMENT ON FUNCTION script_tracking.claim_departure(
    pg_catalog.text, pg_catalog.text, pg_catalog.bool, pg_catalog."interval", pg_catalog.bytea) IS
    'Decides whether a digest is to be sent to a destination now, and claims it: send, current, waiting, gone or busy';
