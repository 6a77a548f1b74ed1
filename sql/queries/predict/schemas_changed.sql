-- Whether this transaction has changed a schema. The age of a row that it wrote is 0, or less in a subtransaction.
SELECT pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL
    AND EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE pg_catalog.age(n.xmin) <= 0);
