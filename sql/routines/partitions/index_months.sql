-- Builds the indexes of the months that nobody records in any more, so that nobody waits, and returns how many months
-- got one: that of recorded_by, for the months that existed when the column was added; and, once a month is over, those
-- by login and by name. While a month is written, these two would add to the cost of each DDL; the index on the time suffices
-- for its rows.
CREATE OR REPLACE FUNCTION script_tracking.index_months()
RETURNS pg_catalog.int4
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
AS $function$
DECLARE
    v_month record;
    v_built pg_catalog.int4 := 0;
BEGIN
    FOR v_month IN
        SELECT c.relname AS name, p.is_recorded_by, p.is_by_user, p.is_by_name
        FROM pg_inherits AS i
        JOIN pg_class AS c ON c.oid = i.inhrelid
        -- The last day of a month is written for another day, by clocks that differ and transactions that take long.
        CROSS JOIN LATERAL (SELECT right(c.relname, 7) < to_char(clock_timestamp() - pg_catalog."interval" '1 day', 'YYYY_MM')
            AND c.relname ~ '[0-9]{4}_[0-9]{2}$' AS is_over) AS o
        CROSS JOIN LATERAL (SELECT
            NOT EXISTS (
                SELECT FROM pg_inherits AS a JOIN pg_index AS x ON x.indexrelid = a.inhrelid
                WHERE a.inhparent = 'script_tracking.idx_script_execution_s_recorded_by'::pg_catalog.regclass
                    AND x.indrelid = i.inhrelid) AS is_recorded_by,
            o.is_over AND to_regclass(format('script_tracking.%I', c.relname || '_by_user')) IS NULL AS is_by_user,
            o.is_over AND to_regclass(format('script_tracking.%I', c.relname || '_by_name')) IS NULL AS is_by_name) AS p
        WHERE i.inhparent = 'script_tracking.script_execution_s'::pg_catalog.regclass
            AND (p.is_recorded_by OR p.is_by_user OR p.is_by_name)
        ORDER BY c.relname DESC
    LOOP
        BEGIN
            IF v_month.is_recorded_by THEN
                EXECUTE format('CREATE INDEX %I ON script_tracking.%I (recorded_by, version_number) '
                    'WHERE recorded_by IS NOT NULL', v_month.name || '_recorded_by', v_month.name);
                EXECUTE format('ALTER INDEX script_tracking.idx_script_execution_s_recorded_by '
                    'ATTACH PARTITION script_tracking.%I', v_month.name || '_recorded_by');
            END IF;
            IF v_month.is_by_user THEN
                EXECUTE format('CREATE INDEX %I ON script_tracking.%I (db_session_user, execution_timestamp DESC) '
                    'WHERE load_end_date IS NULL', v_month.name || '_by_user', v_month.name);
            END IF;
            IF v_month.is_by_name THEN
                EXECUTE format('CREATE INDEX %I ON script_tracking.%I (script_name, execution_timestamp DESC) '
                    'WHERE load_end_date IS NULL', v_month.name || '_by_name', v_month.name);
            END IF;
            v_built := v_built + 1;
            -- The next run builds more: locks are held to the end of the transaction.
            EXIT WHEN v_built = 3;
        EXCEPTION WHEN lock_not_available THEN
            -- Somebody writes there after all; the next run builds it.
            CONTINUE;
        END;
    END LOOP;
    RETURN v_built;
END
$function$;

COMMENT ON FUNCTION script_tracking.index_months() IS
    'Builds the indexes of the months that are over: of recorded_by where it lacks, by login and by name; returns of how many';
