-- Takes what a source sent through a broker. There is no answer, so the source sends all that the vault could ask for. The MAC
-- proves which source it is: HMAC-SHA256, keyed with the hash of the token, over the step, the time and the body. The key's own
-- hash names it, so no token is in a message. p_sent_at: when it was sent; an old message that is sent again does not make a
-- silent source look alive.
CREATE OR REPLACE FUNCTION script_tracking.receive_message(
    p_key_id pg_catalog.bytea,
    p_step pg_catalog.text,
    p_sent_at pg_catalog.timestamptz,
    p_body pg_catalog.text,
    p_mac pg_catalog.bytea,
    OUT o_source_name pg_catalog.text,
    OUT o_refused pg_catalog.text,
    OUT o_versions pg_catalog.int8,
    OUT o_findings pg_catalog.int8
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET "TimeZone" = 'UTC'
AS $function$
DECLARE
    v_source script_tracking.vault_source;
    v_body pg_catalog.json;
    v_mac pg_catalog.bytea;
BEGIN
    SELECT s.* INTO v_source FROM script_tracking.vault_source AS s
    WHERE sha256(s.token_hash) = p_key_id AND s.token_hash IS NOT NULL AND s.removed_at IS NULL
    FOR NO KEY UPDATE;
    IF FOUND THEN
        v_mac := script_tracking.hmac_sha256(v_source.token_hash, convert_to(format(E'dbtrack vault 1\n%s\n%s\n', p_step,
            (extract(epoch FROM p_sent_at) * 1000000)::pg_catalog.int8) || p_body, 'UTF8'));
    END IF;
    -- Hashes of both, so that the time does not tell how much of the MAC is right.
    IF (sha256(v_mac) = sha256(p_mac)) IS NOT TRUE THEN
        RAISE EXCEPTION 'a message is not of a source: its MAC is not that of a token' USING ERRCODE = 'DT004',
            HINT = 'on the vault, an administrator can run: dbtrack vault add SOURCE';
    END IF;
    o_source_name := v_source.source_name;
    o_versions := 0;
    o_findings := 0;
    v_body := p_body::pg_catalog.json;
    IF p_step = 'begin' THEN
        SELECT t.o_refused INTO o_refused
        FROM script_tracking.take_push(v_source, (v_body -> 'place')::pg_catalog.jsonb,
            (v_body ->> 'last_block')::pg_catalog.int8) AS t;
    ELSIF p_step = 'months' THEN
        PERFORM script_tracking.take_months(ARRAY(SELECT m.month FROM json_array_elements_text(v_body -> 'months') AS m (month)));
    ELSIF p_step = 'events' THEN
        SELECT t.o_versions INTO o_versions
        FROM json_to_record(v_body) AS b (batch pg_catalog.jsonb, "rows" pg_catalog.json)
        CROSS JOIN LATERAL script_tracking.take_events(v_source, b.batch, b."rows") AS t;
    ELSIF p_step = 'block' THEN
        SELECT t.o_findings INTO o_findings
        FROM script_tracking.take_block(v_source, (v_body -> 'place')::pg_catalog.jsonb, (v_body -> 'block')::pg_catalog.jsonb,
            CASE WHEN json_typeof(v_body -> 'leaves') = 'array' THEN v_body -> 'leaves' END, true) AS t;
    ELSIF p_step = 'waits' THEN
        SELECT t.o_findings INTO o_findings
        FROM script_tracking.take_waits(v_source, (v_body -> 'place')::pg_catalog.jsonb, v_body -> 'waits') AS t;
    ELSIF p_step = 'objects' THEN
        SELECT t.o_findings INTO o_findings
        FROM script_tracking.take_objects(v_source, (v_body -> 'place')::pg_catalog.jsonb, v_body -> 'objects') AS t;
    ELSE
        RAISE EXCEPTION 'a vault has no step "%"', p_step USING ERRCODE = 'DT006', HINT = 'upgrade the vault before its sources';
    END IF;
    IF o_refused IS NULL THEN
        UPDATE script_tracking.vault_source AS s
        SET last_seen_at = greatest(v_source.last_seen_at, least(p_sent_at, clock_timestamp()))
        WHERE s.source_name = v_source.source_name;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.receive_message(
    pg_catalog.bytea, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.bytea) IS
    'Takes what a source sent through a broker; for dbtrack vault receive --from';
