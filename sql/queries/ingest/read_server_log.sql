-- A part of one file of the server's log directory; fewer bytes than requested at its end.
SELECT pg_catalog.pg_read_binary_file(
    current_setting('log_directory') || '/' || %(name)s::text, %(offset)s::int8, %(bytes)s::int8, true)
