-- The copies that a killed prediction left behind: no session claims their names.
SELECT d.datname::pg_catalog.text
FROM pg_catalog.pg_database AS d
WHERE d.datname ~ '^dbtrack_predict_[0-9a-f]{8}$'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l
        WHERE l.locktype = 'advisory' AND l.classid = 1684171891 AND l.objsubid = 2
            AND l.objid = (('x' || pg_catalog.right(d.datname, 8))::pg_catalog.bit(32)::pg_catalog.int4::pg_catalog.int8
                & 4294967295)::pg_catalog.oid);
