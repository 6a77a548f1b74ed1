-- The installer wraps each file of mart/ in this. A view of the mart is never dropped, and its columns keep their names,
-- types and order: what others built on it stays. A view with columns that this version does not know was made by a later
-- version, and stays too. The installer fills in the names between @.
DO $apply$
DECLARE
    v_text text := $mart$
@text@
$mart$;
BEGIN
    IF current_setting('dbtrack.mart') <> 'on' THEN
        RETURN;
    END IF;
    EXECUTE v_text;
EXCEPTION WHEN invalid_table_definition THEN
    RAISE WARNING 'dbtrack_mart.@name@ stays as it is: a later version of dbtrack made it, or its columns were changed';
END
$apply$;
