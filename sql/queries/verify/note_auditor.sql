-- Notes that an auditor of everything reads the record with its seals; refused to one of single tenants, and nothing for others.
-- What follows is read in a read-only transaction, which notes it in the server's log alone.
SELECT script_tracking.record_access(%(command)s) WHERE script_tracking.auditor_verifies()
