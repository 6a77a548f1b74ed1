-- Sets the isolation level of an export: all of it is read in one snapshot.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY
