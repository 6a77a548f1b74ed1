-- Stores how many versions of objects a cleanup removes, in the transaction that removes them, as note_removal does for executions.
CREATE OR REPLACE FUNCTION script_tracking.note_removed_versions(
    p_cutoff pg_catalog.timestamptz,
    p_versions pg_catalog.int8,
    p_versions_before pg_catalog.timestamptz
)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    INSERT INTO script_tracking.unrecorded_removal AS u (cutoff, executions, months, versions, versions_before)
    SELECT p_cutoff, 0, '{}', p_versions, p_versions_before WHERE p_versions > 0
    ON CONFLICT ON CONSTRAINT unrecorded_removal_pkey
    DO UPDATE SET versions = u.versions + excluded.versions,
        versions_before = greatest(u.versions_before, excluded.versions_before)
$function$;

COMMENT ON FUNCTION script_tracking.note_removed_versions(pg_catalog.timestamptz, pg_catalog.int8, pg_catalog.timestamptz) IS
    'Stores how many versions of objects a cleanup removes, until record_cleanup records it';
