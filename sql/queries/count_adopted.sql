SELECT count(*) FROM script_tracking.script_execution_h WHERE record_source LIKE 'adopted:%';
