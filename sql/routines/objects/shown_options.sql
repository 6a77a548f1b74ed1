-- The options of a server, a foreign-data wrapper or a foreign table as they may be stored: the values of those that say where
-- something is, and only the names of the others, which can be passwords.
CREATE OR REPLACE FUNCTION script_tracking.shown_options(p_options pg_catalog.text[])
RETURNS pg_catalog.jsonb
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT jsonb_agg(CASE WHEN split_part(o.value, '=', 1) IN ('host', 'hostaddr', 'port', 'dbname', 'schema_name', 'table_name',
            'column_name', 'updatable', 'fetch_size', 'batch_size', 'use_remote_estimate', 'filename', 'format', 'header')
            AND NOT script_tracking.carries_secret(o.value)
            THEN o.value ELSE split_part(o.value, '=', 1) || '=***' END ORDER BY o.position)
    FROM unnest(p_options) WITH ORDINALITY AS o (value, position)
$function$;

COMMENT ON FUNCTION script_tracking.shown_options(pg_catalog.text[]) IS
    'Options of foreign objects without values that can be secrets';
