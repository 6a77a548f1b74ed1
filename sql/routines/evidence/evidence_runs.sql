-- Says when the record was compared with the catalogs, verified, and its digest taken out of the database, seen from a period:
-- before its beginning and after its end. Everybody may know when; what was found is shown to administrators.
CREATE OR REPLACE FUNCTION script_tracking.evidence_runs(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz
)
RETURNS TABLE (
    measure pg_catalog.text,
    status pg_catalog.text,
    value pg_catalog."numeric",
    detail pg_catalog.text,
    moment pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET "TimeZone" = 'UTC'
AS $function$
#variable_conflict use_column
DECLARE
    v_before pg_catalog.timestamptz;
    v_after pg_catalog.timestamptz;
    v_between pg_catalog.int8;
    v_verified script_tracking.examination;
    v_digest_block pg_catalog.int8;
    v_digest_at pg_catalog.timestamptz;
    v_left script_tracking.digest_departure;
    v_last_block pg_catalog.int8;
    v_logged pg_catalog.timestamptz;
BEGIN
    PERFORM script_tracking.own_audit();
    SELECT max(e.examined_at) FILTER (WHERE e.examined_at <= p_since),
        min(e.examined_at) FILTER (WHERE e.examined_at >= p_until AND e.details ->> 'outcome' = 'compared'),
        count(*) FILTER (WHERE e.examined_at > p_since AND e.examined_at < p_until AND e.details ->> 'outcome' = 'compared')
    INTO v_before, v_after, v_between
    FROM script_tracking.examination AS e WHERE e.examination_kind = 'reconcile';
    RETURN QUERY SELECT 'reconcile_before', CASE WHEN v_before IS NULL THEN 'missing' ELSE 'ok' END, NULL::pg_catalog."numeric",
        CASE WHEN v_before IS NULL THEN 'catalogs and record were not compared before the period began'
            ELSE 'catalogs and record were compared before the period began' END, v_before;
    RETURN QUERY SELECT 'reconcile_after', CASE WHEN v_after IS NOT NULL THEN 'ok' WHEN v_between > 0 THEN 'part' ELSE 'missing' END,
        v_between::pg_catalog."numeric",
        CASE WHEN v_after IS NOT NULL
                THEN 'catalogs and record were compared after the period ended' || CASE WHEN v_between > 0
                    THEN format(', and %s within it', script_tracking.evidence_counted(v_between, 'time')) ELSE '' END
            WHEN v_between > 0
                THEN format('catalogs and record were compared %s within the period, but not after it ended',
                    script_tracking.evidence_counted(v_between, 'time'))
            ELSE 'catalogs and record were not compared after the period ended' END, v_after;
    SELECT e.* INTO v_verified FROM script_tracking.examination AS e
    WHERE e.examination_kind = 'verify' ORDER BY e.examined_at DESC, e.examination_id DESC LIMIT 1;
    RETURN QUERY SELECT 'verification', CASE WHEN v_verified.examined_at IS NULL THEN 'missing'
            WHEN NOT v_verified.is_clean THEN 'missing'
            WHEN v_verified.examined_at < p_until OR v_verified.details -> 'is_part' = 'true' THEN 'part' ELSE 'ok' END,
        (v_verified.details ->> 'rows')::pg_catalog."numeric",
        CASE WHEN v_verified.examined_at IS NULL THEN 'no verification of the seals is recorded; run: dbtrack verify'
            WHEN NOT v_verified.is_clean THEN 'the last recorded verification found differences'
            ELSE format('the last recorded verification found no difference in %s of %s; compared with %s',
                script_tracking.evidence_counted((v_verified.details ->> 'rows')::pg_catalog.int8, 'row'),
                script_tracking.evidence_counted((v_verified.details ->> 'blocks')::pg_catalog.int8, 'seal'),
                CASE v_verified.details ->> 'digests' WHEN '0' THEN 'no digest from outside'
                    ELSE script_tracking.evidence_counted((v_verified.details ->> 'digests')::pg_catalog.int8, 'digest') END)
                || CASE WHEN v_verified.examined_at < p_until THEN ', before the period ended' ELSE '' END
                || CASE WHEN v_verified.details -> 'is_part' = 'true' THEN ', of a part of the record' ELSE '' END END,
        v_verified.examined_at;
    SELECT (e.details ->> 'block_number')::pg_catalog.int8, e.examined_at INTO v_digest_block, v_digest_at
    FROM script_tracking.examination AS e
    WHERE e.examination_kind = 'digest' ORDER BY e.examined_at DESC, e.examination_id DESC LIMIT 1;
    SELECT d.* INTO v_left FROM script_tracking.digest_departure AS d
    WHERE d.outcome = 'left' ORDER BY d.block_number DESC, d.proof ? 'retain_until' DESC, d.departure_id DESC LIMIT 1;
    SELECT max(b.block_number) INTO v_last_block FROM script_tracking.seal_block AS b WHERE b.first_load_date < p_until;
    RETURN QUERY SELECT 'digests', CASE WHEN v_digest_at IS NULL AND v_left.departure_id IS NULL THEN 'missing'
            WHEN v_last_block IS NULL OR greatest(v_digest_block, v_left.block_number) >= v_last_block THEN 'ok' ELSE 'part' END,
        greatest(v_digest_block, v_left.block_number)::pg_catalog."numeric",
        CASE WHEN v_digest_at IS NULL AND v_left.departure_id IS NULL THEN 'no digest was taken out of the database; run: dbtrack digest'
            WHEN v_left.departure_id IS NULL OR v_digest_block > v_left.block_number THEN
                format('the last digest that dbtrack digest wrote is of seal %s; whether the file is still kept is not in the record',
                    v_digest_block)
            ELSE format('the last digest that left is of seal %s, %s', v_left.block_number, CASE v_left.destination_kind
                WHEN 's3' THEN coalesce('to an S3 bucket that retains it until '
                    || to_char((v_left.proof ->> 'retain_until')::pg_catalog.timestamptz, 'YYYY-MM-DD'),
                    'to an S3 bucket, without retention')
                WHEN 'rfc3161' THEN format('with a timestamp of an authority (RFC 3161) of %s', v_left.proof ->> 'time')
                WHEN 'directory' THEN 'to a directory; whether the file is still kept is not in the record'
                ELSE 'to a webhook; whether it is still kept is not in the record' END) END,
        CASE WHEN v_digest_block > v_left.block_number OR v_left.departure_id IS NULL THEN v_digest_at ELSE v_left.last_attempt_at END;
    -- Roles belong to the whole server: event triggers do not see them.
    SELECT max(p.last_read_at) INTO v_logged FROM script_tracking.log_position AS p;
    RETURN QUERY SELECT 'roles_seen', CASE WHEN v_logged >= p_until THEN 'ok' WHEN v_logged > p_since OR v_after IS NOT NULL THEN 'part'
            ELSE 'missing' END, NULL::pg_catalog."numeric",
        CASE WHEN v_logged > p_since THEN 'changes of roles come from the server''s log, which was last read at this moment; '
                || 'that no line of it was missing is not in the record'
            WHEN v_after IS NOT NULL THEN 'no log of the server was read for the period: of roles only what dbtrack reconcile found'
            ELSE 'no log of the server was read for the period: changes of roles are not in the record' END, v_logged;
END
$function$;

COMMENT ON FUNCTION script_tracking.evidence_runs(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'When the record was compared with the catalogs, verified, and its digest taken, seen from a period';
