-- Returns when a server log was last read and when the catalogs were last compared with the record. NULL: never, or the
-- role may not see it.
CREATE OR REPLACE FUNCTION script_tracking.get_record_state(
    OUT log_read_at pg_catalog.timestamptz,
    OUT baseline_at pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF has_table_privilege('script_tracking.log_position', 'SELECT') THEN
        log_read_at := (SELECT max(p.last_read_at) FROM script_tracking.log_position AS p);
    END IF;
    IF has_table_privilege('script_tracking.catalog_snapshot', 'SELECT') THEN
        baseline_at := (SELECT max(c.taken_at) FROM script_tracking.catalog_snapshot AS c);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_record_state() IS
    'When a server log was last read and when the catalogs were last compared with the record; NULL: never, or not for this role';
