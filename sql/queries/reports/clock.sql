-- The time of the database, against which the words of a report are read: a client's clock may differ.
SELECT pg_catalog.statement_timestamp()
