-- Executions of the past, in one statement a month: so many, one in ten in two versions, one in twenty with a parent, one in
-- fifty failed; of the tenants, or of none.
CREATE FUNCTION bench_past(p_month timestamptz, p_rows bigint, p_tenants bytea[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM script_tracking.ensure_month(to_char(p_month AT TIME ZONE 'UTC', 'YYYY_MM'));
    CREATE TEMPORARY TABLE bench_item ON COMMIT DROP AS
    SELECT sha256(convert_to(p_month || '/' || n, 'UTF8')) AS hk, n,
        p_month + n * (interval '27 days' / p_rows) AS at, n % 10 = 0 AS is_long,
        p_tenants[1 + (hashint8(n) & 2147483647) % cardinality(p_tenants)] AS tenant_hk
    FROM generate_series(1, p_rows) AS n;
    INSERT INTO script_tracking.script_execution_h
    SELECT hk, 'CREATE TABLE_' || to_char(at, 'YYYY-MM-DD_HH24:MI:SS.US_') || lpad(to_hex(n % 16777216), 6, '0'), tenant_hk,
        at, 'event_trigger@local:5432' FROM bench_item;
    INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, load_end_date, hash_diff, tenant_hk,
        script_name, script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user, client_ip,
        affected_objects, sql_command, metadata, record_source)
    SELECT hk, at, CASE WHEN is_long THEN at + interval '1 second' END, hk, tenant_hk, 'CREATE TABLE', 'DDL_AUTO',
        CASE WHEN is_long THEN 'RUNNING' ELSE 'COMPLETED' END, at, n % 500, 'deployer', '10.0.0.1',
        ARRAY['public.orders_' || n % 5000], 'CREATE TABLE public.orders_' || n % 5000
            || ' (order_id bigint PRIMARY KEY, amount numeric NOT NULL DEFAULT 0, due_on date)',
        jsonb_build_object('command_tag', 'CREATE TABLE', 'backend_pid', n % 30000, 'transaction_id', n::text,
            'duration_us', n % 500000, 'nesting_level', 0, 'application_name', 'psql'), 'event_trigger@local:5432'
    FROM bench_item;
    INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type,
        execution_status, execution_timestamp, execution_duration_ms, db_session_user, error_message, record_source)
    SELECT hk, at + interval '1 second', hk, tenant_hk, 'nightly-load', 'MAINTENANCE', r.status, at, 1000, 'deployer',
        CASE r.status WHEN 'FAILED' THEN 'relation "load_' || n % 7 || '" of partition ' || n || ' does not exist' END,
        'dbtrack_cli@local:5432' FROM bench_item
    CROSS JOIN LATERAL (SELECT CASE WHEN n % 50 = 0 THEN 'FAILED' ELSE 'COMPLETED' END AS status) AS r WHERE is_long;
    INSERT INTO script_tracking.script_execution_parent_l
    SELECT sha256(hk), hk, hk, 'tracked', tenant_hk, at, 'event_trigger@local:5432' FROM bench_item WHERE n % 20 = 0;
END $$;
