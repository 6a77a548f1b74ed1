SELECT script_tracking.set_setting(%(name)s, %(value)s);
