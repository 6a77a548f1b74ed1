SELECT script_tracking.tenant_challenge(), coalesce(current_setting('dbtrack.tenant_token', true), '');
