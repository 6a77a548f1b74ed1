SELECT s.setting_name, s.setting_value, s.default_value,
    coalesce(array_to_string(s.allowed_values, ', '), s.minimum_value || ' to ' || s.maximum_value,
        'names, separated by commas') AS allowed,
    s.description
FROM script_tracking.setting AS s
WHERE %(name)s::text IS NULL OR s.setting_name = %(name)s::text
ORDER BY s.setting_name;
