-- Versions of so many objects over a year, ten for each, and the execution of each version. Object 1 has 5,000 versions more,
-- object 2 has 50 columns, and every hundredth grants something to the role reporting.
WITH version AS (
    SELECT n, v, %(now)s::timestamptz - make_interval(secs => 31536000 * (1 - (v - 1 + (n %% 9973) / 9973.0) / 10)) AS load_date,
        sha256(convert_to('execution ' || n || ' ' || v, 'UTF8')) AS execution
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
    CROSS JOIN LATERAL generate_series(1, CASE n WHEN 1 THEN 5009 ELSE 10 END) AS v
), stamped AS (
    SELECT n, v, execution,
        CASE n WHEN 1 THEN %(now)s::timestamptz - make_interval(mins => 100 * (5010 - v)) ELSE load_date END AS load_date
    FROM version
), execution AS (
    INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, script_name, script_type,
        execution_status, execution_timestamp, execution_duration_ms, db_session_user, affected_objects, sql_command, metadata,
        record_source)
    SELECT execution, load_date, execution, 'ALTER TABLE', 'DDL_AUTO', 'COMPLETED', load_date, 1, 'deploy',
        ARRAY['public.t_' || n], 'ALTER TABLE public.t_' || n || ' ADD COLUMN c' || v || ' int', '{"command_tag": "ALTER TABLE"}', 'bench'
    FROM stamped
)
INSERT INTO script_tracking.object_s (object_hk, load_date, hash_diff, script_execution_hk, object_type, object_identity, cause,
    grantees, definition, object_bk, record_source)
SELECT sha256(convert_to('1:pg_class:' || n, 'UTF8')), load_date, execution, execution, 'table', 'public.t_' || n, 'captured',
    CASE WHEN n %% 100 = 0 AND v = 1 THEN '{reporting}'::name[] END,
    CASE v WHEN 1 THEN jsonb_build_object('relation', jsonb_build_array(1, 't_' || n, 'public', 'postgres', 'r', 'p', false, false, NULL,
            CASE WHEN n %% 100 = 0 THEN '["postgres=arwdDxt/postgres", "reporting=r/postgres"]'::jsonb END, 'd', NULL, NULL, NULL, NULL,
            NULL, NULL, NULL)) || (
        SELECT jsonb_object_agg('column ' || c, jsonb_build_array(1, 'c' || c, 'integer', false, NULL, '', '', NULL, 'p', '', NULL, NULL,
            true, 0, NULL, NULL, NULL, NULL)) FROM generate_series(1, CASE n WHEN 2 THEN 50 ELSE 10 END) AS c)
    ELSE jsonb_build_object('column ' || (v %% 10 + 1), jsonb_build_array(1, 'c' || (v %% 10 + 1), 'integer', false, v::text, '', '', NULL,
        'p', '', NULL, NULL, true, 0, NULL, NULL, NULL, NULL)) END,
    '1:pg_class:' || n, 'bench'
FROM stamped
