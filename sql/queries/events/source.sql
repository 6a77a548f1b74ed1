-- Returns what identifies the database as the source of its events: server, port, name.
SELECT coalesce(nullif(current_setting('cluster_name'), ''), host(inet_server_addr()), 'localhost'),
    current_setting('port'), current_database()
