SELECT script_tracking.record_cleanup();
