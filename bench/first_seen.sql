-- What was seen first in 120 days, of tenants that have new logins all the time: of 316 things of each tenant, seven tenths in the first
-- two weeks and the others at any time since; and 500 hours with a score.
INSERT INTO script_tracking.first_seen (seen_kind, tenant_hk, db_session_user, subject, first_at, script_execution_hk)
SELECT k.kind, t.tenant_hk, CASE WHEN k.kind LIKE 'login%' THEN 'worker_' || n.n ELSE '' END,
    CASE WHEN k.kind <> 'login' THEN 'thing ' || n.n ELSE '' END,
    now() - CASE WHEN n.n % 10 > 2 THEN interval '120 days' - random() * interval '14 days' ELSE random() * interval '106 days' END,
    sha256(t.tenant_hk || int4send(n.n))
FROM script_tracking.tenant_h AS t
CROSS JOIN generate_series(1, 316) AS n (n)
CROSS JOIN LATERAL (SELECT (ARRAY['login', 'address', 'application', 'command', 'login_command', 'login_command', 'login_schema',
    'login_schema'])[1 + n.n % 8] AS kind) AS k
ON CONFLICT DO NOTHING;
INSERT INTO script_tracking.anomaly_score (hour_start, measure, subject_kind, tenant_hk, subject, value, expected, deviation, score)
SELECT date_trunc('hour', now()) - n.n * interval '3 hours', (ARRAY['operations', 'failures', 'duration_ms'])[1 + n.n % 3], 'tenant',
    sha256(convert_to('tenant-' || 1 + n.n % 400, 'UTF8')), '', 100 + n.n, 20, 3, 3 + n.n % 9
FROM generate_series(1, 500) AS n (n)
