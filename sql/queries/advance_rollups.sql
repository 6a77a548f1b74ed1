SELECT o_outcome, o_executions, o_gap_end FROM script_tracking.advance_rollups();
