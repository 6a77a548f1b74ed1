-- Lists dbtrack's relations, one row of script_tracking.installation each. The schema may contain other objects too: a
-- relation that is not listed is never granted, protected, replaced or dropped. Partitions follow their table.
-- dbtrack.tables and dbtrack.views have the names of this version. A view of an earlier version is dropped, unless
-- something depends on it.
DO $book_relations$
DECLARE
    v_view text;
    v_dependents text;
BEGIN
    FOR v_view IN
        SELECT c.relname
        FROM script_tracking.installation AS i
        JOIN pg_class AS c ON c.oid = to_regclass(format('script_tracking.%I', substr(i.property_name, 10)))
        WHERE starts_with(i.property_name, 'relation.') AND c.relkind = 'v' AND c.relowner = current_user::regrole
            AND c.relname::text <> ALL (string_to_array(current_setting('dbtrack.views'), ','))
    LOOP
        BEGIN
            EXECUTE format('DROP VIEW script_tracking.%I', v_view);
        EXCEPTION WHEN dependent_objects_still_exist THEN
            GET STACKED DIAGNOSTICS v_dependents = PG_EXCEPTION_DETAIL;
            RAISE WARNING 'the view script_tracking.% of an earlier version stays: %', v_view,
                replace(v_dependents, chr(10), '; ');
        END;
    END LOOP;
    DELETE FROM script_tracking.installation AS i WHERE starts_with(i.property_name, 'relation.');
    INSERT INTO script_tracking.installation (property_name, property_value)
    SELECT 'relation.' || c.relname, CASE c.relkind WHEN 'v' THEN 'view' WHEN 'S' THEN 'sequence' ELSE 'table' END
    FROM unnest(string_to_array(current_setting('dbtrack.tables') || ',' || current_setting('dbtrack.views'), ',')) AS n (name)
    JOIN pg_class AS c ON c.oid = to_regclass(format('script_tracking.%I', n.name))
    WHERE c.relowner = current_user::regrole;
END
$book_relations$;
