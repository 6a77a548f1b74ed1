-- The prefix of the names of the installed roles: from the catalog, which everyone may read.
SELECT left(pg_get_userbyid(n.nspowner)::text, -6)
FROM pg_namespace AS n
WHERE n.nspname = 'script_tracking' AND right(pg_get_userbyid(n.nspowner)::text, 6) = '_owner';
