SELECT script_tracking.erase_begin(%(subject)s, %(reason)s);
