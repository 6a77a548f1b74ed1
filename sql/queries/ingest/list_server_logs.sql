-- The files of the server's log directory, the oldest first.
SELECT f.name, f.size, f.modification
FROM pg_catalog.pg_ls_logdir() AS f
ORDER BY f.modification, f.name
