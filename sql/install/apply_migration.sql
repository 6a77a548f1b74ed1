-- The installer wraps each file of migrations/ in this: the migration runs unless schema_migration says that it did;
-- one that was applied in another form is an error and does not run a second time. The installer fills in the names
-- between @.
DO $apply$
DECLARE
    v_checksum text := (
        SELECT m.checksum FROM script_tracking.schema_migration AS m WHERE m.migration_number = @number@);
BEGIN
    IF v_checksum = '@checksum@' THEN
        RETURN;
    ELSIF v_checksum IS NOT NULL THEN
        RAISE EXCEPTION 'migration @name@ was applied in another form than this dbtrack has'
            USING ERRCODE = 'DT008', HINT = 'install the version of dbtrack that made this database, or a later one';
    END IF;
    EXECUTE $migration_@number@$
@text@
$migration_@number@$;
    INSERT INTO script_tracking.schema_migration (migration_number, migration_name, checksum, dbtrack_version)
    VALUES (@number@, '@name@', '@checksum@', current_setting('dbtrack.version'));
END
$apply$;
