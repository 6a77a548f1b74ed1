-- Returns the literals that must stay left out of an object, as keyed hashes.
--
-- p_scope: own: what was left out of it, or of a table that it inherits from, whose defaults it has; NULL: also all of an earlier
--   incarnation that maintain has not found again; any: of any object, for one that can be a copy of another
CREATE OR REPLACE FUNCTION script_tracking.left_out_literals(p_object_bk pg_catalog.text, p_scope pg_catalog.text)
RETURNS pg_catalog.bytea[]
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $function$
DECLARE
    c_incarnation CONSTANT pg_catalog.oid := 'script_tracking'::pg_catalog.regnamespace;
BEGIN
    IF p_scope = 'any' THEN
        RETURN ARRAY(SELECT DISTINCT l.literal_hash FROM script_tracking.left_out_literal AS l);
    END IF;
    RETURN ARRAY(
        SELECT l.literal_hash FROM script_tracking.left_out_literal AS l WHERE l.object_bk = p_object_bk
        UNION ALL
        SELECT l.literal_hash
        FROM pg_inherits AS i
        JOIN script_tracking.left_out_literal AS l ON l.object_bk = c_incarnation || ':pg_class:' || i.inhparent
        WHERE i.inhrelid = CASE WHEN p_object_bk LIKE '%:pg@_class:%' ESCAPE '@' THEN split_part(p_object_bk, ':', 3) ELSE '0'
            END::pg_catalog.oid
        UNION ALL
        SELECT l.literal_hash FROM script_tracking.left_out_literal AS l WHERE p_scope IS NULL AND l.incarnation < c_incarnation
        UNION ALL
        SELECT l.literal_hash FROM script_tracking.left_out_literal AS l WHERE p_scope IS NULL AND l.incarnation > c_incarnation);
END
$function$;

COMMENT ON FUNCTION script_tracking.left_out_literals(pg_catalog.text, pg_catalog.text) IS
    'The literals that must stay left out of an object, as keyed hashes';
