SELECT script_tracking.record_access(%(report)s::text, %(tenant)s::text, %(key)s::text)
