-- Returns the rows of a migration tool's table, each with the transaction that wrote it, as the caller may read them.
-- Whoever owns the table must not get code of theirs run by the administrator who reads it: so no views and no foreign tables, an
-- error where a row security policy would apply, and only columns of built-in types, because to_jsonb calls the casts of others.
CREATE OR REPLACE FUNCTION script_tracking.read_migration_history(p_table pg_catalog.regclass)
RETURNS TABLE (
    content pg_catalog.jsonb,
    writer pg_catalog.int8,
    command pg_catalog.int8,
    committed_at pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET "DateStyle" = 'ISO'
AS $function$
DECLARE
    c_now CONSTANT pg_catalog.int8 := pg_snapshot_xmax(pg_current_snapshot())::pg_catalog.text::pg_catalog.int8;
    c_with_time CONSTANT pg_catalog.bool := current_setting('track_commit_timestamp')::pg_catalog.bool;
    v_content pg_catalog.text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = p_table AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't') THEN
        RAISE EXCEPTION '% is not a table', p_table
            USING ERRCODE = 'DT006', HINT = 'migrations are imported from ordinary tables only';
    END IF;
    SELECT string_agg(format('%L, h.%I', a.attname, a.attname), ', ' ORDER BY a.attnum)
    INTO v_content
    FROM pg_attribute AS a
    -- From this number on, objects are made by users.
    WHERE a.attrelid = p_table AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid < 16384::pg_catalog.oid;
    RETURN QUERY EXECUTE format(
        -- An xmin is the lower half of a transaction's number, which is less than the newest one.
        'SELECT jsonb_build_object(%s), $1 - (($1 - h.xmin::text::int8) & 4294967295), h.cmin::text::int8, '
        'CASE WHEN $2 AND h.xmin::text::int8 > 2 THEN pg_xact_commit_timestamp(h.xmin) END FROM %s AS h',
        v_content, p_table)
    USING c_now, c_with_time;
END
$function$;

COMMENT ON FUNCTION script_tracking.read_migration_history(pg_catalog.regclass) IS
    'The rows of a migration tool''s table: content, the transaction and the command in it that wrote the row, and when that was '
    'committed (with track_commit_timestamp)';
