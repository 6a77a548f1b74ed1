-- Creates the missing partitions: those of this month, of the months ahead, and of rows in a default partition; returns
-- the names of those that it created. Rows in a default partition move into their month.
CREATE OR REPLACE FUNCTION script_tracking.ensure_partitions(months_ahead pg_catalog.int4 DEFAULT NULL)
RETURNS SETOF pg_catalog.text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET "TimeZone" = 'UTC'
SET "DateStyle" = 'ISO, YMD'
AS $function$
DECLARE
    v_months pg_catalog.int4 := coalesce(months_ahead,
        script_tracking.current_setting_value('partitions.months_ahead')::pg_catalog.int4);
    v_parent pg_catalog.text;
    v_partition pg_catalog.text;
    v_from pg_catalog.timestamptz;
    v_made pg_catalog.text[] := '{}';
BEGIN
    -- Before the search for rows in them.
    RETURN QUERY SELECT d.name FROM script_tracking.ensure_defaults() AS d (name);
    FOR v_from IN
        SELECT m.month FROM generate_series(date_trunc('month', clock_timestamp()),
            date_trunc('month', clock_timestamp()) + make_interval(months => v_months), '1 month') AS m (month)
        UNION
        -- Months that passed while no partition was created for them.
        SELECT date_trunc('month', d.load_date)
        FROM (SELECT h.load_date FROM script_tracking.script_execution_h_default AS h
            UNION ALL SELECT s.load_date FROM script_tracking.script_execution_s_default AS s
            UNION ALL SELECT l.load_date FROM script_tracking.script_execution_parent_l_default AS l
            UNION ALL SELECT f.load_date FROM script_tracking.seal_leaf_default AS f
            UNION ALL SELECT o.load_date FROM script_tracking.object_s_default AS o) AS d
        -- A source of a vault can send any time: no month is made of infinity, or of those of other centuries.
        WHERE d.load_date >= '2000-01-01 00:00:00+00'
            AND d.load_date < date_trunc('month', clock_timestamp()) + make_interval(months => v_months + 1)
        ORDER BY 1
    LOOP
        FOREACH v_parent IN ARRAY ARRAY['script_execution_h', 'script_execution_s', 'script_execution_parent_l',
            'seal_leaf', 'object_s'] LOOP
            v_partition := v_parent || to_char(v_from, '_YYYY_MM');
            IF NOT script_tracking.is_partition(v_parent, v_partition) THEN
                PERFORM script_tracking.create_partition(v_parent, v_partition, v_from);
                v_made := v_made || v_partition;
                RETURN NEXT v_partition;
            END IF;
        END LOOP;
    END LOOP;
    PERFORM script_tracking.record_partitions(v_made);
END
$function$;

COMMENT ON FUNCTION script_tracking.ensure_partitions(pg_catalog.int4) IS
    'Creates the missing partitions of this month and the months ahead; returns their names';
