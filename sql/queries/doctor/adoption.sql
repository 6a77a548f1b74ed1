-- Executions that install --adopt copied and that are missing, unless a cleanup may have removed them.
SELECT 'CRITICAL', a.schema_name,
    format('of %s versions of executions that were copied from this schema, %s are missing', a.versions, a.versions - p.present),
    NULL
FROM (
    SELECT substr(i.property_name, 9) AS schema_name, (v.report ->> 'versions')::bigint AS versions,
        (v.report ->> 'oldest')::timestamptz AS oldest
    FROM script_tracking.installation AS i
    CROSS JOIN LATERAL (SELECT i.property_value::jsonb AS report) AS v
    WHERE starts_with(i.property_name, 'adopted.')
) AS a
CROSS JOIN LATERAL (
    SELECT count(*) AS present FROM script_tracking.script_execution_s AS s
    WHERE starts_with(s.record_source, 'adopted:') AND s.metadata -> 'adopted' ->> 'schema' = a.schema_name
) AS p
WHERE p.present < a.versions
    AND NOT EXISTS (SELECT FROM script_tracking.script_execution_s AS s
        WHERE s.script_name = 'dbtrack cleanup' AND s.script_type = 'MAINTENANCE')
    AND a.oldest > now() - (
        SELECT s.setting_value::integer FROM script_tracking.setting AS s WHERE s.setting_name = 'retention.days') * interval '1 day';
