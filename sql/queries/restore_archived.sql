SELECT o_executions, o_rows FROM script_tracking.restore_archived(%(rows)s::jsonb)
