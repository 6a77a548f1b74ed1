-- Forgets the literals that were left out of objects that are gone: those that the record knows to be dropped, and those of an earlier
-- incarnation, once every object has been looked for.
CREATE OR REPLACE FUNCTION script_tracking.forget_left_out()
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    DELETE FROM script_tracking.left_out_literal AS l
    WHERE l.incarnation <> 'script_tracking'::pg_catalog.regnamespace OR l.object_bk IN (
        SELECT k.object_bk FROM (SELECT DISTINCT d.object_bk FROM script_tracking.left_out_literal AS d) AS k
        WHERE script_tracking.folded_definition(sha256(convert_to(k.object_bk, 'SQL_ASCII'))) = '{}')
$function$;

COMMENT ON FUNCTION script_tracking.forget_left_out() IS 'Forgets the literals that were left out of objects that are gone';
