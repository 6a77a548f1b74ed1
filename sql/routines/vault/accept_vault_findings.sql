-- Accepts what was found of a source, for a reason that stays, and returns how many findings that were. The source may then
-- be another database, and its chain of events and its seals start again with what it sends next; rows are compared
-- with seals that are made from now on. What arrived stays, and so do the findings. An erasure that was done here, too, is
-- accepted without a new start.
CREATE OR REPLACE FUNCTION script_tracking.accept_vault_findings(p_source_name pg_catalog.text, p_reason pg_catalog.text)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_count pg_catalog.int8;
    v_differs pg_catalog.bool;
BEGIN
    IF coalesce(btrim(p_reason), '') = '' THEN
        RAISE EXCEPTION 'findings are accepted for a reason' USING ERRCODE = 'DT006', HINT = 'give --reason';
    END IF;
    PERFORM FROM script_tracking.vault_source AS s WHERE s.source_name = p_source_name FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no source "%"', p_source_name USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack vault sources';
    END IF;
    v_differs := EXISTS (SELECT FROM script_tracking.vault_finding AS f
        WHERE f.source_name = p_source_name AND f.accepted_at IS NULL AND f.finding_kind <> 'erasure');
    UPDATE script_tracking.vault_finding AS f
    SET accepted_at = clock_timestamp(), accepted_by = session_user, reason = left(p_reason, 2000)
    WHERE f.source_name = p_source_name AND f.accepted_at IS NULL;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_differs THEN
        DELETE FROM script_tracking.vault_block AS b WHERE b.source_name = p_source_name;
        UPDATE script_tracking.vault_source AS s
        SET place = NULL, event_number = 0, event_chain = '', block_number = 0, last_arrival_at = NULL,
            accepted_at = clock_timestamp()
        WHERE s.source_name = p_source_name;
    END IF;
    RETURN v_count;
END
$function$;

COMMENT ON FUNCTION script_tracking.accept_vault_findings(pg_catalog.text, pg_catalog.text) IS
    'Accepts what was found of a source, for a reason; its chain and seals start again';
