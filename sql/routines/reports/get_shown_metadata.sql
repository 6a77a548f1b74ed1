-- Returns metadata as reports show it: for an encrypted value, that there is one and with which key it is encrypted,
-- never the value.
CREATE OR REPLACE FUNCTION script_tracking.get_shown_metadata(metadata pg_catalog.jsonb)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF jsonb_typeof(metadata -> 'encrypted') IS DISTINCT FROM 'array' THEN
        RETURN metadata;
    END IF;
    RETURN metadata - 'encrypted' || jsonb_build_object('encrypted', (
        SELECT coalesce(jsonb_agg(format('secret: %s (key %s)', e.value ->> 'name', e.value ->> 'key_id')
            ORDER BY e.ordinality), '[]')
        FROM jsonb_array_elements(metadata -> 'encrypted') WITH ORDINALITY AS e));
END
$function$;

COMMENT ON FUNCTION script_tracking.get_shown_metadata(pg_catalog.jsonb) IS
    'Metadata as reports show it: for an encrypted value only its presence and its key';
