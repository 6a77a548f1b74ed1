-- Creates the default partitions that are missing, or attaches them again; returns their names. Without one, and
-- without this month's partition, nothing can be recorded.
CREATE OR REPLACE FUNCTION script_tracking.ensure_defaults()
RETURNS SETOF pg_catalog.text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_parent pg_catalog.text;
    v_default pg_catalog.text;
BEGIN
    FOR v_parent IN
        SELECT c.relname FROM pg_catalog.pg_partitioned_table AS p
        JOIN pg_catalog.pg_class AS c ON c.oid = p.partrelid
        WHERE p.partdefid = 0 AND c.relnamespace = 'script_tracking'::pg_catalog.regnamespace
            AND c.relname IN ('script_execution_h', 'script_execution_s', 'script_execution_parent_l', 'seal_leaf',
                'object_s')
        ORDER BY 1
    LOOP
        v_default := v_parent || '_default';
        IF to_regclass(format('script_tracking.%I', v_default)) IS NULL THEN
            EXECUTE format('CREATE TABLE script_tracking.%I (LIKE script_tracking.%I INCLUDING DEFAULTS '
                'INCLUDING CONSTRAINTS)', v_default, v_parent);
        END IF;
        -- As in create_partition.
        EXECUTE format('ALTER TABLE script_tracking.%I ENABLE ROW LEVEL SECURITY', v_default);
        PERFORM script_tracking.hide_statistics(format('script_tracking.%I', v_default)::pg_catalog.regclass);
        EXECUTE format('ALTER TABLE script_tracking.%I ATTACH PARTITION script_tracking.%I DEFAULT', v_parent, v_default);
        RETURN NEXT v_default;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.ensure_defaults() IS 'Creates the default partitions that are missing; returns their names';
