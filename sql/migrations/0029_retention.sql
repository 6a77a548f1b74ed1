-- How long records must be kept at least, by the frameworks that are in force and by rules of one's own, and at most.

INSERT INTO script_tracking.setting
    (setting_name, setting_value, default_value, allowed_values, minimum_value, maximum_value, description)
VALUES
    ('evidence.in_force', '', '', NULL, NULL, NULL,
     'The frameworks that apply to this database, such as hipaa, pci: cleanup removes nothing that one of them asks to keep'),
    ('retention.least_days', '0', '0', NULL, 0, 36500,
     'How many days executions must be kept at least, in the database or in an archive; 0: no rule says so'),
    ('retention.most_days', '0', '0', NULL, 0, 36500,
     'After how many days cleanup removes executions at the latest, whatever else keeps them but a rule of the least; 0: no rule says so'),
    ('retention.archive', 'optional', 'optional', '{optional,required}', NULL, NULL,
     'Whether a cleanup must write an archive, which then counts as keeping');

-- They have more arguments now. A new database has no routines yet.
DO $routines$
DECLARE
    v_routine regprocedure;
BEGIN
    FOR v_routine IN
        SELECT p.oid FROM pg_proc AS p
        WHERE p.pronamespace = 'script_tracking'::regnamespace AND p.proname IN ('remove_rows', 'hold_archived')
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_routine);
    END LOOP;
END
$routines$;
