SELECT script_tracking.retention_cutoff(%(days)s);
