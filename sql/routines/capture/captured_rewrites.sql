-- Returns, as metadata, the tables that the ending command rewrote, and the reasons as PostgreSQL numbers them: 1 the persistence, 2 the
-- default of a new column, 4 the type of a column, 8 the access method, or a sum of these. Their sizes are those before.
CREATE OR REPLACE FUNCTION script_tracking.captured_rewrites(
    p_setting pg_catalog.text,
    p_sizes pg_catalog.jsonb
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_noted pg_catalog.text := current_setting(p_setting, true);
BEGIN
    PERFORM set_config(p_setting, '', true);
    IF left(v_noted, 64) = script_tracking.capture_digest('rewritten ' || substr(v_noted, 65)) THEN
        RETURN (
            SELECT jsonb_build_object('rewritten', jsonb_agg(r.key), 'rewrite_reason', jsonb_object_agg(r.key, r.value -> 0),
                'relation_size', coalesce(nullif(p_sizes, 'null'), '{}') || jsonb_object_agg(r.key, r.value - 0))
            FROM jsonb_each(substr(v_noted, 65)::pg_catalog.jsonb) AS r);
    END IF;
    RETURN '{}';
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_rewrites(pg_catalog.text, pg_catalog.jsonb) IS
    'The tables that the ending command rewrote, as metadata';
