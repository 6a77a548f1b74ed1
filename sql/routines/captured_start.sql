-- Takes the start of the ending command from the transaction's stack: newest first, microseconds since 1970.
-- The session could have written the stack, so a start outside its transaction is no start.
CREATE OR REPLACE FUNCTION script_tracking.captured_start(
    OUT o_started_at pg_catalog.timestamptz,
    OUT o_duration_us pg_catalog.int8,
    OUT o_nesting_level pg_catalog.int4
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_now pg_catalog.timestamptz := clock_timestamp();
    v_stack pg_catalog.text := coalesce(current_setting('dbtrack.ddl_stack', true), '');
    v_start pg_catalog.text := split_part(v_stack, ' ', 1);
BEGIN
    o_nesting_level := 0;
    IF v_start ~ '^[0-9]{16}$' THEN
        o_started_at := '1970-01-01 00:00:00+00'::pg_catalog.timestamptz
            + v_start::pg_catalog.int8 * '1 microsecond'::pg_catalog."interval";
        v_stack := substr(v_stack, 18);
        o_nesting_level := CASE WHEN v_stack = '' THEN 0
            ELSE length(v_stack) - length(replace(v_stack, ' ', '')) + 1 END;
        PERFORM set_config('dbtrack.ddl_stack', v_stack, true);
    END IF;
    IF o_started_at IS NULL OR o_started_at < transaction_timestamp() OR o_started_at > v_now THEN
        o_started_at := statement_timestamp();
    END IF;
    o_duration_us := extract(epoch FROM v_now - o_started_at) * 1000000;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_start() IS
    'When the ending DDL command started, how long it took in microseconds, and how many DDL commands contain it';
