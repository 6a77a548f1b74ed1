-- Many executions without notes: searches find the same, and take longer.
SELECT 'WARNING', 'search', 'searches read more than 100000 executions one by one, because they are not indexed yet',
    'dbtrack maintain'
FROM script_tracking.search_backlog() AS b (versions)
WHERE b.versions > 100000
