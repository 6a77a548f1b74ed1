-- One install or uninstall at a time. The lock is on a table that its owner and superusers alone can lock so: an advisory
-- lock, any login could hold. A first install has no such table; the second of two then waits for the schema's name.
DO $lock$
BEGIN
    IF to_regclass('script_tracking.schema_migration') IS NOT NULL THEN
        LOCK TABLE script_tracking.schema_migration IN SHARE ROW EXCLUSIVE MODE;
    END IF;
END
$lock$;
