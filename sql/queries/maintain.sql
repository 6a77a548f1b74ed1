SELECT task, outcome, details FROM script_tracking.maintain();
