-- The settings of a server that are needed to read its log, and those of the database that are needed to store its
-- entries.
SELECT current_setting('log_line_prefix') AS log_line_prefix, current_setting('log_timezone') AS log_timezone,
    current_setting('server_version_num')::int AS server_version, current_database() AS database_name,
    script_tracking.current_setting_value('redaction.mode') AS redaction_mode
