SELECT script_tracking.accept_fork(%(digests)s, %(reason)s);
