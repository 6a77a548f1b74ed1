-- Stores what a cleanup removes, in the transaction that removes it: however the cleanup ends, its record is complete.
CREATE OR REPLACE FUNCTION script_tracking.note_removal(
    p_cutoff pg_catalog.timestamptz,
    p_executions pg_catalog.int8,
    p_months pg_catalog.text[]
)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    INSERT INTO script_tracking.unrecorded_removal AS u (cutoff, executions, months)
    SELECT p_cutoff, p_executions, p_months WHERE p_executions > 0 OR p_months <> '{}'
    ON CONFLICT ON CONSTRAINT unrecorded_removal_pkey
    DO UPDATE SET executions = u.executions + excluded.executions, months = u.months || excluded.months
$function$;

COMMENT ON FUNCTION script_tracking.note_removal(pg_catalog.timestamptz, pg_catalog.int8, pg_catalog.text[]) IS
    'Stores what a cleanup removes, until record_cleanup records it';
