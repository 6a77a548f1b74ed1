SELECT script_tracking.record_cleanup(%(cutoff)s, %(executions)s, %(months)s);
