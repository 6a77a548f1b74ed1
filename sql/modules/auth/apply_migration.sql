-- Like install/apply_migration.sql, for the store of module auth: rows of script_tracking.installation say which
-- migrations ran, and if the platform has its own login nothing is created. The installer fills in the names between @.
DO $apply$
DECLARE
    v_checksum text := (
        SELECT i.property_value FROM script_tracking.installation AS i
        WHERE i.property_name = 'module.auth.migration.@number@');
BEGIN
    IF v_checksum = '@checksum@' OR current_setting('dbtrack.auth_store') = 'off' THEN
        RETURN;
    ELSIF v_checksum IS NOT NULL THEN
        RAISE EXCEPTION 'migration @name@ of module auth was applied in another form than this dbtrack has'
            USING ERRCODE = 'DT008', HINT = 'install the version of dbtrack that made this database, or a later one';
    END IF;
    EXECUTE $migration_@number@$
@text@
$migration_@number@$;
    INSERT INTO script_tracking.installation (property_name, property_value)
    VALUES ('module.auth.migration.@number@', '@checksum@');
END
$apply$;
