-- Creates one month's partition of one table, or attaches a detached table of that name again. The default partition is
-- locked first, so that no row slips into it between the move and the attachment; the caller sets lock_timeout.
CREATE OR REPLACE FUNCTION script_tracking.create_partition(
    p_parent pg_catalog.text,
    p_partition pg_catalog.text,
    p_from pg_catalog.timestamptz
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
SET "DateStyle" = 'ISO, YMD'
AS $function$
DECLARE
    v_to pg_catalog.timestamptz := p_from + '1 month'::pg_catalog."interval";
BEGIN
    -- Rows of this time go into the default partition as long as there is no other. A writer that has chosen it and
    -- waits for it would be refused there once its month has been moved, and its record would be lost. So let writers
    -- wait before they choose.
    IF p_from < clock_timestamp() + '1 hour'::pg_catalog."interval"
        AND v_to > clock_timestamp() - '1 hour'::pg_catalog."interval" THEN
        EXECUTE format('LOCK TABLE ONLY script_tracking.%I IN SHARE ROW EXCLUSIVE MODE', p_parent);
    END IF;
    EXECUTE format('LOCK TABLE script_tracking.%I IN ACCESS EXCLUSIVE MODE', p_parent || '_default');
    PERFORM script_tracking.mark_maintenance(true);
    IF to_regclass(format('script_tracking.%I', p_partition)) IS NULL THEN
        EXECUTE format('CREATE TABLE script_tracking.%I (LIKE script_tracking.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
            p_partition, p_parent);
    END IF;
    -- A session that reads a partition without its table (pg_read_all_data) sees nothing: there is no policy for
    -- anybody.
    EXECUTE format('ALTER TABLE script_tracking.%I ENABLE ROW LEVEL SECURITY', p_partition);
    PERFORM script_tracking.hide_statistics(format('script_tracking.%I', p_partition)::pg_catalog.regclass);
    EXECUTE format('WITH moved AS (DELETE FROM script_tracking.%I WHERE load_date >= %L AND load_date < %L RETURNING *) '
        'INSERT INTO script_tracking.%I SELECT * FROM moved', p_parent || '_default', p_from, v_to, p_partition);
    IF p_parent = 'script_execution_s' THEN
        -- To the rollups, rows that were moved look new.
        EXECUTE format('SELECT script_tracking.open_rollup_gap(min(execution_timestamp), max(execution_timestamp)) '
            'FROM script_tracking.%I', p_partition);
    END IF;
    EXECUTE format('ALTER TABLE script_tracking.%I ATTACH PARTITION script_tracking.%I FOR VALUES FROM (%L) TO (%L)',
        p_parent, p_partition, p_from, v_to);
    PERFORM script_tracking.mark_maintenance(false);
END
$function$;

COMMENT ON FUNCTION script_tracking.create_partition(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz) IS
    'Creates one month''s partition of one table';
