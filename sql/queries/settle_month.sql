SELECT script_tracking.settle_month(%(month)s::text)
