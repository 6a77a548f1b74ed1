-- Drops the partitions of months that clear_month has prepared.
CREATE OR REPLACE FUNCTION script_tracking.drop_months(p_months pg_catalog.text[])
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_parent pg_catalog.text;
    v_month pg_catalog.text;
BEGIN
    -- From here on everybody waits. The locks are taken in the order in which writers take them, with nothing left to
    -- do but to drop.
    LOCK TABLE ONLY script_tracking.script_execution_h, ONLY script_tracking.script_execution_s,
        ONLY script_tracking.script_execution_parent_l, ONLY script_tracking.seal_leaf IN ACCESS EXCLUSIVE MODE;
    FOREACH v_month IN ARRAY p_months LOOP
        FOREACH v_parent IN ARRAY ARRAY['script_execution_h', 'script_execution_s', 'script_execution_parent_l',
            'seal_leaf'] LOOP
            EXECUTE format('DROP TABLE IF EXISTS script_tracking.%I', v_parent || '_' || v_month);
        END LOOP;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.drop_months(pg_catalog.text[]) IS 'Drops the partitions of months, given as YYYY_MM';
