-- The counts of the executions that this transaction copied from another schema, and that schema's present name.
SELECT substr(i.property_name, 9), i.property_value::jsonb
FROM script_tracking.installation AS i
WHERE i.property_name = 'adopted.' || current_setting('dbtrack.adopted_schema', true);
