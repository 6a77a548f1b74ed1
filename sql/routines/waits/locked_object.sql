-- Returns the name of what a lock is on, from the server's words for it, which have the OIDs of the relation and of its
-- database in all languages. If the relation is gone, or in another database, the words stay as they are.
CREATE OR REPLACE FUNCTION script_tracking.locked_object(p_target pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT coalesce((
        SELECT format('%I.%I', n.nspname, c.relname)
        FROM (SELECT ARRAY(SELECT m[1]::pg_catalog.int8
            FROM regexp_matches(regexp_replace(p_target, '\([0-9]+,[0-9]+\)', ''), '[0-9]{1,10}', 'g') AS m) AS oids) AS t
        JOIN pg_class AS c ON c.oid::pg_catalog.int8 = ANY (t.oids)
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE cardinality(t.oids) = 2
            AND (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())::pg_catalog.int8 = ANY (t.oids)
            AND c.oid <> (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
        LIMIT 1), p_target)
$function$;

COMMENT ON FUNCTION script_tracking.locked_object(pg_catalog.text) IS 'The name of what a lock is on, from the server''s words for it';
