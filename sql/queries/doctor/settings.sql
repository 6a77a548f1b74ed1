SELECT 'CRITICAL', s.setting_name, 'capture is switched off since ' || coalesce(s.changed_at::text, 'it was installed')
    || coalesce(' by ' || s.changed_by, ''), 'dbtrack settings capture.enabled on'
FROM script_tracking.setting AS s
WHERE s.setting_name = 'capture.enabled' AND s.setting_value = 'off'
UNION ALL
SELECT 'WARNING', s.setting_name, 'statements are stored with their secrets', 'dbtrack settings redaction.mode secrets'
FROM script_tracking.setting AS s
WHERE s.setting_name = 'redaction.mode' AND s.setting_value = 'none'
UNION ALL
SELECT 'WARNING', s.setting_name, format('DDL on tables and views of %s is not recorded%s', s.setting_value,
    (SELECT ', where done by ' || nullif(r.setting_value, '') FROM script_tracking.setting AS r
     WHERE r.setting_name = 'capture.ignore_roles')), 'dbtrack settings capture.ignore_schemas --reset'
FROM script_tracking.setting AS s
WHERE s.setting_name = 'capture.ignore_schemas' AND s.setting_value <> ''
UNION ALL
SELECT 'WARNING', r.setting_name, 'it has no effect without capture.ignore_schemas',
    'dbtrack settings capture.ignore_roles --reset'
FROM script_tracking.setting AS r
JOIN script_tracking.setting AS s ON s.setting_name = 'capture.ignore_schemas' AND s.setting_value = ''
WHERE r.setting_name = 'capture.ignore_roles' AND r.setting_value <> ''
UNION ALL
SELECT 'WARNING', s.setting_name, format('the value "%s" is not one of %s', s.setting_value,
    coalesce(array_to_string(s.allowed_values, ', '), s.minimum_value || ' to ' || s.maximum_value)),
    format('dbtrack settings %s --reset', s.setting_name)
FROM script_tracking.setting AS s
WHERE CASE WHEN s.allowed_values IS NOT NULL THEN s.setting_value <> ALL (s.allowed_values)
    WHEN s.setting_value ~ '^[0-9]{1,9}$' THEN s.setting_value::bigint NOT BETWEEN s.minimum_value AND s.maximum_value
    ELSE s.minimum_value IS NOT NULL END;
