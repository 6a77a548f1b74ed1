-- The last step of an install: stores what is installed now, with which `dbtrack doctor` compares what it finds later.
-- Only this version's own functions: what somebody else put into the schema remains a finding. The module auth has its
-- own stamp.sql.
DELETE FROM script_tracking.installed_routine AS i
WHERE NOT starts_with(i.routine_identity, 'script_tracking.auth_') AND NOT starts_with(i.routine_identity, 'auth.');
INSERT INTO script_tracking.installed_routine (routine_identity, definition_hash)
SELECT p.oid::regprocedure::text, script_tracking.routine_hash(p.oid)
FROM pg_proc AS p
WHERE p.pronamespace = 'script_tracking'::regnamespace AND p.proowner = current_user::regrole
    AND p.proname::text = ANY (string_to_array(current_setting('dbtrack.routines'), ','));

INSERT INTO script_tracking.installation AS i (property_name, property_value)
VALUES ('dbtrack.version', current_setting('dbtrack.version')),
    ('installed_at', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
    ('installed_by', session_user)
ON CONFLICT ON CONSTRAINT installation_pkey DO UPDATE SET property_value = excluded.property_value;

-- In case the row that capture reads was lost: a statement that changes nothing makes the trigger write it.
UPDATE script_tracking.setting SET setting_value = setting_value WHERE false;
