SELECT (SELECT count(*) FROM script_tracking.script_execution_s)
    + (SELECT count(*) FROM script_tracking.script_execution_parent_l)
