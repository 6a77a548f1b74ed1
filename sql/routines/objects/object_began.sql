-- Returns the moment up to which a key was another object's: after a restore in another cluster an oid can be another object's by chance.
CREATE OR REPLACE FUNCTION script_tracking.object_began(p_object pg_catalog.bytea, p_moment pg_catalog.timestamptz)
RETURNS pg_catalog.timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN coalesce((
        SELECT max(l.load_date) FROM script_tracking.object_same_l AS l
        WHERE l.old_object_hk = p_object AND l.load_date <= coalesce(p_moment, 'infinity')
            AND EXISTS (SELECT FROM script_tracking.object_s AS s WHERE s.object_hk = p_object AND s.load_date > l.load_date
                AND s.load_date <= coalesce(p_moment, 'infinity'))), '-infinity');
END
$function$;

COMMENT ON FUNCTION script_tracking.object_began(pg_catalog.bytea, pg_catalog.timestamptz) IS
    'The moment up to which a key was another object''s';
