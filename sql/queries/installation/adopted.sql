-- What was carried over from another schema in this transaction, and its present name.
SELECT substr(i.property_name, 9), i.property_value::jsonb
FROM script_tracking.installation AS i
WHERE i.property_name = 'adopted.' || current_setting('dbtrack.adopted_schema', true);
