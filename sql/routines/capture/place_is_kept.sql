-- Returns whether the backend still has the numbers that capture set with setval. After DISCARD SEQUENCES, currval fails, which
-- late in a transaction nothing catches. nextval does not fail: a backend takes the numbers of capture_discard_seq in blocks
-- of 4096, and DISCARD SEQUENCES drops the rest of its block. So another block than the one in the setting means that
-- sequences were discarded (or a rollback took the setting back). Then what is kept about strings is cleared, and they
-- are examined again. A guarded block around currval would cost more with each command of the transaction.
-- A session that writes the setting gains nothing: at worst its own DDL fails.
CREATE OR REPLACE FUNCTION script_tracking.place_is_kept()
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_number pg_catalog.int8 := nextval('script_tracking.capture_discard_seq') - 1;
    v_is_kept CONSTANT pg_catalog.bool :=
        coalesce(current_setting('dbtrack.ddl_block', true) = (v_number / 4096)::pg_catalog.text, false);
    v_setting pg_catalog.text;
BEGIN
    IF v_is_kept AND v_number % 4096 < 4095 THEN
        RETURN true;
    END IF;
    IF NOT v_is_kept THEN
        PERFORM set_config('dbtrack.ddl_window', '', true), set_config('dbtrack.ddl_client', '', true),
            set_config('dbtrack.ddl_string', '', false), set_config('dbtrack.ddl_inner', '', false);
    END IF;
    -- The last number of a block: the next one is of another block, though nothing was discarded.
    IF v_number % 4096 = 4095 THEN
        v_number := nextval('script_tracking.capture_discard_seq') - 1;
    END IF;
    v_setting := set_config('dbtrack.ddl_block', (v_number / 4096)::pg_catalog.text, false);
    RETURN v_is_kept;
END
$function$;

COMMENT ON FUNCTION script_tracking.place_is_kept() IS
    'Whether the backend still has what capture keeps in sequences: not after DISCARD SEQUENCES';
