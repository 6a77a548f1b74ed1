-- Says how far the rows of a period are sealed. The number of rows that are not is shown to whoever sees all tenants.
CREATE OR REPLACE FUNCTION script_tracking.evidence_seals(
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
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_may_administer CONSTANT pg_catalog.bool := script_tracking.caller_may_administer() OR script_tracking.token_sees_all();
    v_state script_tracking.seal_state;
    v_blocks pg_catalog.int8;
    v_last pg_catalog.timestamptz;
    v_unsealed pg_catalog.int8;
    v_is_written pg_catalog.bool;
BEGIN
    PERFORM script_tracking.own_audit();
    SELECT s.* INTO v_state FROM script_tracking.seal_state AS s;
    SELECT count(*), max(b.sealed_at) INTO v_blocks, v_last
    FROM script_tracking.seal_block AS b WHERE b.last_load_date >= p_since AND b.first_load_date < p_until;
    -- Whether others wrote anything is not for everybody.
    SELECT NOT v_may_administer OR EXISTS (
        SELECT FROM script_tracking.script_execution_s AS s WHERE s.load_date >= p_since AND s.load_date < p_until)
    INTO v_is_written;
    RETURN QUERY SELECT 'seals', CASE WHEN v_blocks > 0 OR NOT v_is_written THEN 'ok' ELSE 'missing' END, v_blocks::pg_catalog."numeric",
        CASE WHEN v_blocks > 1 THEN format('%s cover rows of the period', script_tracking.evidence_counted(v_blocks, 'seal'))
            WHEN v_blocks = 1 THEN 'one seal covers rows of the period'
            WHEN v_is_written THEN 'no seal covers rows of the period; dbtrack maintain seals the record'
            ELSE 'nothing was written in the period that would be sealed' END, v_last;
    IF NOT v_may_administer THEN
        RETURN QUERY SELECT 'unsealed', 'missing', NULL::pg_catalog."numeric",
            'not shown to this login: it needs one that sees all tenants', NULL::pg_catalog.timestamptz;
        RETURN;
    END IF;
    SELECT count(*) INTO v_unsealed FROM script_tracking.script_execution_s AS s
    WHERE s.load_date >= greatest(p_since, coalesce(v_state.sealed_before, '-infinity')) AND s.load_date < p_until;
    RETURN QUERY SELECT 'unsealed', CASE WHEN v_unsealed = 0 THEN 'ok' WHEN v_blocks > 0 THEN 'part' ELSE 'missing' END,
        v_unsealed::pg_catalog."numeric",
        CASE WHEN NOT v_is_written THEN 'nothing was written in the period'
            WHEN v_unsealed = 0 THEN 'every row that was written in the period is sealed'
            ELSE 'written in the period and not sealed yet: ' || script_tracking.evidence_counted(v_unsealed, 'row') END,
        v_state.sealed_before;
END
$function$;

COMMENT ON FUNCTION script_tracking.evidence_seals(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'How far the rows of a period are sealed';
