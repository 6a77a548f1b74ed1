SELECT script_tracking.proven_tenant();
