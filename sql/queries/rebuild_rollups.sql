SELECT script_tracking.rebuild_rollups();
