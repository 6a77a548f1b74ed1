-- Records a refused request; nobody waits for the disk.
SELECT set_config('application_name', left('dbtrack serve ' || %(source)s::text, 63), true),
    set_config('synchronous_commit', 'off', true),
    script_tracking.record_refusal(%(request)s::text, %(tenant)s::text);
