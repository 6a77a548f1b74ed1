SELECT i.property_name FROM script_tracking.installation AS i WHERE i.property_name = 'module.auth';
