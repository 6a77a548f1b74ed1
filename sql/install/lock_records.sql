-- Runs before an uninstall drops anything: locks the records, the hub first as all writers do, so that there is no
-- deadlock.
DO $lock_records$
DECLARE
    v_tables text := (
        SELECT string_agg(to_regclass('script_tracking.' || t.name)::text, ', ' ORDER BY t.position)
        FROM unnest(ARRAY['script_execution_h', 'script_execution_s', 'script_execution_parent_l', 'open_execution'])
            WITH ORDINALITY AS t (name, position));
BEGIN
    IF v_tables IS NOT NULL THEN
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', v_tables);
    END IF;
END
$lock_records$;
