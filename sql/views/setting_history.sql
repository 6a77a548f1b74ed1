-- Which value a setting had, and from when to when. For administrators.
CREATE OR REPLACE VIEW script_tracking.setting_history
WITH (security_invoker = true, security_barrier = true) AS
SELECT g.setting_name, g.setting_value, g.load_date AS valid_from, g.load_end_date AS valid_to, g.changed_by,
    g.script_execution_hk, g.record_source
FROM (
    SELECT s.*, lead(s.load_date) OVER (PARTITION BY s.setting_name ORDER BY s.load_date) AS load_end_date
    FROM script_tracking.setting_s AS s
) AS g;

COMMENT ON VIEW script_tracking.setting_history IS
    'Which value a setting had, from when to when; valid_to is NULL for the current value';
