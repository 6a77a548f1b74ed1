-- Identifies the database as the source of its events: a URI without a login.
SELECT 'postgresql://' || coalesce(nullif(current_setting('cluster_name'), ''), host(inet_server_addr()), 'localhost')
    || ':' || current_setting('port') || '/' || current_database()
