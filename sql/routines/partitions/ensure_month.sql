-- Creates the missing partitions of one month, for rows that are restored from an archive.
CREATE OR REPLACE FUNCTION script_tracking.ensure_month(p_month pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET "TimeZone" = 'UTC'
SET lock_timeout = '50ms'
AS $function$
DECLARE
    v_parent pg_catalog.text;
    v_made pg_catalog.text[] := '{}';
BEGIN
    PERFORM script_tracking.ensure_defaults();
    FOREACH v_parent IN ARRAY ARRAY['script_execution_h', 'script_execution_s', 'script_execution_parent_l',
        'seal_leaf', 'object_s'] LOOP
        IF NOT script_tracking.is_partition(v_parent, v_parent || '_' || p_month) THEN
            PERFORM script_tracking.create_partition(v_parent, v_parent || '_' || p_month,
                to_date(p_month, 'YYYY_MM')::pg_catalog.timestamptz);
            v_made := v_made || (v_parent || '_' || p_month);
        END IF;
    END LOOP;
    PERFORM script_tracking.record_partitions(v_made);
END
$function$;

COMMENT ON FUNCTION script_tracking.ensure_month(pg_catalog.text) IS
    'Creates the missing partitions of a month, given as YYYY_MM';
