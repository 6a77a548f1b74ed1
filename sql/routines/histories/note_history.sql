-- Notes from which table migrations are imported, so that dbtrack maintain reads it too. The row is the lock, too: of two imports of
-- one table the second waits, and finds what the first one recorded.
CREATE OR REPLACE FUNCTION script_tracking.note_history(
    p_tool pg_catalog.text,
    p_table pg_catalog.text,
    p_time_zone pg_catalog.text
)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    INSERT INTO script_tracking.installation AS i (property_name, property_value)
    VALUES ('history.' || left(encode(script_tracking.calculate_hash_key((p_tool || ' ' || p_table)::pg_catalog."varchar"), 'hex'), 40),
        jsonb_build_object('tool', p_tool, 'table', p_table, 'time_zone', p_time_zone)::pg_catalog.text)
    ON CONFLICT (property_name) DO UPDATE SET property_value = excluded.property_value
$function$;

COMMENT ON FUNCTION script_tracking.note_history(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'Notes from which table migrations are imported; for the functions of this schema';
