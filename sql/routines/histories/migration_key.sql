-- Returns the business key of an imported migration: always the same for the same row of the tool's table.
CREATE OR REPLACE FUNCTION script_tracking.migration_key(
    p_tool pg_catalog.text,
    p_table pg_catalog.text,
    p_key pg_catalog.text,
    p_applied_at pg_catalog.timestamptz,
    p_status pg_catalog.text,
    p_change_hk pg_catalog.bytea
)
RETURNS pg_catalog.text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT p_tool || coalesce(to_char(p_applied_at AT TIME ZONE 'UTC', '_YYYY-MM-DD_HH24:MI:SS.US'), '') || '_'
        || left(encode(script_tracking.calculate_hash_key(jsonb_build_array(p_tool, p_table, p_key,
            (extract(epoch FROM p_applied_at) * 1000000)::pg_catalog.int8, p_status, encode(p_change_hk, 'hex'))::pg_catalog.text),
            'hex'), 32)
$function$;

COMMENT ON FUNCTION script_tracking.migration_key(
    pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.bytea) IS
    'The business key of an imported migration; for the functions of this schema';
