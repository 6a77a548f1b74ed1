SELECT 'CRITICAL', 'capture', format('%s DDL could not be recorded%s', f.last_value,
        (SELECT format('; the last one at %s, a %s by %s: %s', c.occurred_at, c.command_tag, c.db_session_user, c.error_message)
         FROM script_tracking.capture_failure AS c ORDER BY c.occurred_at DESC LIMIT 1)),
    '-- once the cause is gone, and you have read them: TABLE script_tracking.capture_failure;
DELETE FROM script_tracking.capture_failure; SELECT setval(''script_tracking.capture_failure_seq'', 1, false);'
FROM script_tracking.capture_failure_seq AS f
WHERE f.is_called;
