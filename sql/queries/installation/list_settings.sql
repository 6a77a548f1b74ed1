SELECT s.setting_name, s.setting_value, s.default_value,
    coalesce(array_to_string(s.allowed_values, ', '), s.minimum_value || ' to ' || s.maximum_value,
        CASE
            WHEN s.setting_name = 'evidence.hours' THEN 'days and times, such as Mon-Fri 07:00-19:00'
            WHEN s.setting_name LIKE '%%.zone' THEN 'a time zone, such as Europe/Berlin'
            WHEN s.setting_name LIKE '%%.review_every' THEN 'a number of days such as '
                || CASE s.setting_name WHEN 'classes.review_every' THEN '180d' ELSE '7d' END || ', or quarter'
            WHEN s.setting_name LIKE 'evidence.in_force%%' THEN 'names of frameworks, separated by commas'
            WHEN s.setting_name = 'evidence.pipeline' THEN 'logins and application names, separated by commas, with *'
            WHEN s.setting_name = 'evidence.shared_logins' THEN 'logins, separated by commas, with *'
            WHEN s.setting_name = 'capture.ignore_roles' THEN 'names of logins, separated by commas'
            ELSE 'names, separated by commas' END) AS allowed,
    s.description
FROM script_tracking.setting AS s
WHERE %(name)s::text IS NULL OR s.setting_name = %(name)s::text
ORDER BY s.setting_name;
