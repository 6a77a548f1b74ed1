-- A transaction that has recorded DDL will call capture's functions again, and these must not be replaced meanwhile. It
-- holds a lock on the hub. So this waits for it, before anything else is locked, and new DDL waits for the
-- installation.
DO $lock_record$
BEGIN
    IF to_regclass('script_tracking.script_execution_h') IS NOT NULL THEN
        LOCK TABLE script_tracking.script_execution_h IN SHARE ROW EXCLUSIVE MODE;
    END IF;
END
$lock_record$;
