SELECT script_tracking.ensure_month(%(month)s::text)
