-- One slice of a long history: executions %(first)s to %(last)s of %(rows)s that end now, spread over so many days, of
-- 400 tenants and none. Satellite rows only: no report reads the hub.
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, tenant_hk, script_name,
    script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user, affected_objects,
    sql_command, error_message, metadata, record_source)
SELECT sha256(int8send(n)), e.began + e.duration_us * interval '1 microsecond', sha256(int8send(-n)),
    CASE WHEN n %% 401 > 0 THEN sha256(convert_to('tenant-' || n %% 401, 'UTF8')) END, 'step_' || n %% 1000,
    (ARRAY['DDL_AUTO', 'DDL_AUTO', 'DDL_AUTO', 'MIGRATION', 'MAINTENANCE', 'MANUAL', 'BACKUP'])[1 + n %% 7], e.status,
    e.began, round(e.duration_us / 1000), 'worker_' || n %% 40, ARRAY['shop.item_' || n %% 5000],
    'ALTER TABLE shop.item_' || n %% 5000 || ' ADD COLUMN note_' || n || ' text NOT NULL DEFAULT ''''',
    CASE WHEN e.status <> 'COMPLETED' THEN 'column "note_' || n || '" of relation "item" already exists' END,
    jsonb_build_object('duration_us', e.duration_us::bigint, 'role', 'worker', 'backend_pid', n %% 30000,
        'application_name', 'bench', 'transaction_id', n::text), 'bench@local:5432'
FROM (
    SELECT s.n, %(now)s::timestamptz - %(days)s * interval '1 day' * (1 - s.n::float8 / %(rows)s) - interval '1 minute' AS began,
        floor(exp(8 + 1.6 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))) AS duration_us,
        (ARRAY['FAILED', 'FAILED', 'CANCELLED', 'ABANDONED'])[1 + s.n %% 100] AS bad
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS s (n)
) AS r
CROSS JOIN LATERAL (SELECT r.began, r.duration_us, coalesce(r.bad, 'COMPLETED') AS status) AS e
