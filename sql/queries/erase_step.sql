SELECT o_rows, o_sealed, o_names, o_last, o_last_key
FROM script_tracking.erase_step(%(execution)s, %(subject)s, %(after)s, %(after_key)s, %(rows)s);
