SELECT property_value FROM script_tracking.installation WHERE property_name = 'dbtrack.version';
