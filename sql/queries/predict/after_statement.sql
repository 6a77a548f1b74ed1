-- What a statement has done in its transaction, in one round trip: its locks, the tables of which it has read all rows (of an
-- empty one, too), whether a schema was changed, and the relations whose row in pg_class it wrote or that it locked. Only one session
-- writes to a copy. The age of a row that this transaction wrote is 0, or less in a subtransaction.
WITH locks AS MATERIALIZED (
    SELECT l.relation, l.mode
    FROM pg_catalog.pg_locks AS l
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND l.relation >= 16384
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()))
SELECT (
    SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(l.relation::pg_catalog.int8, l.mode))
    FROM locks AS l), (
    SELECT pg_catalog.jsonb_agg(c.oid::pg_catalog.int8)
    FROM pg_catalog.pg_class AS c
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 't', 'm', 'p') AND pg_catalog.pg_stat_get_xact_numscans(c.oid) > 0),
    w.wrote AND EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE pg_catalog.age(n.xmin) <= 0), (
    SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(c.oid::pg_catalog.int8, n.nspname, c.relname,
        pg_catalog.format('%I.%I', n.nspname, c.relname), c.relkind, coalesce(pg_catalog.pg_relation_filenode(c.oid), 0)::pg_catalog.int8,
        i.indrelid::pg_catalog.int8,
        (SELECT h.inhparent::pg_catalog.int8 FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = c.oid LIMIT 1)))
    FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
    WHERE c.oid >= 16384 AND c.relkind <> 'c'
        AND ((w.wrote AND pg_catalog.age(c.xmin) <= 0) OR c.oid IN (SELECT l.relation FROM locks AS l)))
FROM (SELECT pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL) AS w (wrote);
