-- Allows one install or uninstall at a time. The lock is on a table that only its owner and superusers can lock in this
-- mode; any login could hold an advisory lock. A first install has no such table; the second of two then waits for the
-- schema's name.
DO $lock$
BEGIN
    IF to_regclass('script_tracking.schema_migration') IS NOT NULL THEN
        LOCK TABLE script_tracking.schema_migration IN SHARE ROW EXCLUSIVE MODE;
    END IF;
END
$lock$;
