-- The statements after which each role may own objects in each schema of the copy: a script can change owners.
SELECT pg_catalog.format('GRANT ALL ON SCHEMA %%I TO PUBLIC', n.nspname)
FROM pg_catalog.pg_namespace AS n
WHERE n.oid >= 16384 OR n.nspname = 'public';
