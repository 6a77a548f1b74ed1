SELECT script_tracking.erase_end(%(execution)s, %(subject)s, %(rows)s, %(sealed)s, %(is_finished)s);
