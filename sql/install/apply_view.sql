-- The installer wraps each file of views/ in this: the view is replaced in place, so that objects that depend on it
-- stay as they are. That works as long as columns are only added. If a view of an earlier version had other columns, it
-- is dropped and created, and an object of somebody else's that depends on it stops the installation. The installer
-- fills in the names between @.
DO $apply$
DECLARE
    v_text text := $view$
@text@
$view$;
    v_dependents text;
BEGIN
    IF EXISTS (SELECT FROM pg_class AS c WHERE c.oid = to_regclass('script_tracking.@name@')
               AND (c.relkind <> 'v' OR c.relowner <> current_user::regrole)) THEN
        RAISE EXCEPTION 'script_tracking.@name@ was not made by dbtrack, which has a view of that name'
            USING ERRCODE = 'DT008', HINT = 'nothing was changed; rename it, and install again';
    END IF;
    EXECUTE v_text;
EXCEPTION WHEN invalid_table_definition THEN
    BEGIN
        DROP VIEW script_tracking.@name@;
    EXCEPTION WHEN dependent_objects_still_exist THEN
        GET STACKED DIAGNOSTICS v_dependents = PG_EXCEPTION_DETAIL;
        RAISE EXCEPTION 'the columns of the view script_tracking.@name@ change, and other objects depend on it: %',
            replace(v_dependents, chr(10), '; ')
            USING ERRCODE = 'DT008', HINT = 'nothing was changed; drop them, install, and create them again';
    END;
    EXECUTE v_text;
END
$apply$;
