-- Returns how far behind the rollups are. Reports are correct anyway, but read the rows that are missing from the
-- rollups.
CREATE OR REPLACE FUNCTION script_tracking.get_rollup_lag(
    OUT lag pg_catalog."interval",
    OUT gap_end pg_catalog.timestamptz
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT (SELECT statement_timestamp() - c.advanced_at FROM script_tracking.current_rollup_state() AS c),
        (SELECT max(g.gap_end) FROM script_tracking.rollup_gap AS g)
$function$;

COMMENT ON FUNCTION script_tracking.get_rollup_lag() IS
    'How long ago the rollups were updated (NULL: never on this server) and the end of the latest hours that must be counted again';
