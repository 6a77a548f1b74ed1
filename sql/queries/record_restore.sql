SELECT script_tracking.record_restore(%(executions)s::bigint, %(rows)s::bigint, %(months)s::text[])
