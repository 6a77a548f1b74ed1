-- Returns the transaction that made the last of the tables that a migration tool has for itself, before it wrote the first row: its
-- history, and those for its locks and its settings, which are made with it and are no migration.
CREATE OR REPLACE FUNCTION script_tracking.history_created(
    p_table pg_catalog.regclass,
    p_newest pg_catalog.int8,
    p_first_writer pg_catalog.int8
)
RETURNS pg_catalog.int8
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH own AS (
        SELECT c.oid = p_table AS is_history,
            p_newest - max((p_newest - a.xmin::pg_catalog.text::pg_catalog.int8) & 4294967295) AS writer
        FROM pg_class AS h
        JOIN pg_class AS c ON c.relnamespace = h.relnamespace AND c.relkind IN ('r', 'p')
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE h.oid = p_table AND (c.oid = p_table OR c.relname IN (
            -- Liquibase, knex, Rails, yoyo
            h.relname || 'lock', 'databasechangeloglock', h.relname || '_lock', 'ar_internal_metadata',
            'yoyo_lock', '_yoyo_migration', '_yoyo_version'))
        GROUP BY c.oid
    )
    SELECT coalesce(max(o.writer) FILTER (WHERE o.writer < p_first_writer), max(o.writer) FILTER (WHERE o.is_history)) FROM own AS o
$function$;

COMMENT ON FUNCTION script_tracking.history_created(pg_catalog.regclass, pg_catalog.int8, pg_catalog.int8) IS
    'The transaction that made the tables of a migration tool itself; for the functions of this schema';
