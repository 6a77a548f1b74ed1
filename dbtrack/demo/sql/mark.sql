-- Written before anything else, so that a run that was interrupted can be recognised and cleared.
COMMENT ON DATABASE postgres IS
    'dbtrack demonstration: every dbtrack demo rebuilds the schemas script_tracking, shop, billing and telemetry';
