-- Returns whether a transaction is at READ COMMITTED unless it asks for another level.
SELECT current_setting('default_transaction_isolation') IN ('read committed', 'read uncommitted')
