SELECT script_tracking.count_expired(%(cutoff)s);
