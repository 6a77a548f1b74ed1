-- A transaction that has recorded DDL goes on to call capture's functions: these are not replaced beneath it. It holds a lock
-- on the hub; so this waits for it, before anything else is locked, and new DDL waits for the installation.
DO $lock_record$
BEGIN
    IF to_regclass('script_tracking.script_execution_h') IS NOT NULL THEN
        LOCK TABLE script_tracking.script_execution_h IN SHARE ROW EXCLUSIVE MODE;
    END IF;
END
$lock_record$;
