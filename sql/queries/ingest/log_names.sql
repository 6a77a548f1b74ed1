-- The names that a log_line_prefix can contain: those of logins and of databases.
SELECT ARRAY(SELECT r.rolname::text FROM pg_catalog.pg_roles AS r WHERE r.rolcanlogin) AS users,
    ARRAY(SELECT d.datname::text FROM pg_catalog.pg_database AS d) AS databases
