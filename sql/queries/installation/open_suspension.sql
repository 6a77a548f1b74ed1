-- The suspension of capture that is open, and what there is to say of it.
SELECT g.suspended_at, g.expires_at, g.login, g.reason, g.is_forgotten, g.details
FROM script_tracking.get_suspension() AS g
WHERE g.resumed_at IS NULL;
