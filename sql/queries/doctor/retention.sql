-- Rules of retention that contradict each other or `dbtrack cleanup` with its default days.
SELECT 'WARNING', 'retention', c.message, c.remedy
FROM script_tracking.retention_conflicts() AS c
