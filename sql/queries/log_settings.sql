-- What has to be known of a server to read its log.
SELECT current_setting('log_line_prefix') AS log_line_prefix, current_setting('server_version_num')::int AS server_version
