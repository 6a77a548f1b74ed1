-- Prevents the planner from collecting statistics on the columns of a table. Row security hides pg_statistic from its
-- readers, but the planner uses it for leakproof comparisons, and EXPLAIN shows the estimate: with < and bisection a
-- tenant could read the frequent values of another, letter by letter. States, keys and moments, which plans need, keep
-- their statistics: they reveal only quantities.
CREATE OR REPLACE FUNCTION script_tracking.hide_statistics(p_table pg_catalog.regclass)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_column pg_catalog.name;
BEGIN
    FOR v_column IN
        SELECT a.attname
        FROM pg_attribute AS a
        JOIN pg_type AS t ON t.oid = a.atttypid
        WHERE a.attrelid = p_table AND a.attnum > 0 AND NOT a.attisdropped AND coalesce(a.attstattarget, -1) <> 0
            AND (t.typcategory IN ('S', 'I', 'A') OR t.typname = 'jsonb')
            AND a.attname <> 'execution_status'
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', p_table, v_column);
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.hide_statistics(pg_catalog.regclass) IS
    'Prevents statistics on the columns of a table, which EXPLAIN would reveal to other tenants';
