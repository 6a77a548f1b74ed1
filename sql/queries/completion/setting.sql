-- The settings, each with its value.
SELECT s.setting_name::text, s.setting_value::text FROM script_tracking.setting AS s ORDER BY 1;
