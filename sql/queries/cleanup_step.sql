SELECT o_executions, o_partitions, o_postponed, o_is_finished
FROM script_tracking.cleanup_step(%(cutoff)s, %(rows)s);
