-- Executions %(first)s to %(last)s of %(rows)s changes of a year, of ten tenants: of ten, four are operations with ticket and approver,
-- three are such with a DDL inside, two are DDL by hand, which are exceptions of two kinds, and one is by a shared login.
WITH item AS MATERIALIZED (
    SELECT n, sha256(int8send(n)) AS hk, sha256(convert_to('t' || n %% 10, 'UTF8')) AS tenant_hk, n %% 10 AS kind,
        timestamptz '2025-01-01Z' + (n - 1)::float8 / %(rows)s * interval '365 days' AS at
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
), execution AS MATERIALIZED (
    SELECT i.hk, i.tenant_hk, i.at, CASE WHEN i.kind IN (7, 8) THEN 'DDL_AUTO' ELSE 'MIGRATION' END AS script_type,
        CASE WHEN i.kind IN (7, 8) THEN 'ALTER TABLE' ELSE 'deploy_' || n END AS name,
        CASE i.kind WHEN 9 THEN 'shared_admin' ELSE 'deploy_' || n %% 7 END AS login,
        CASE WHEN i.kind IN (7, 8) THEN jsonb_build_object('command_tag', 'ALTER TABLE', 'application_name', 'psql')
            ELSE jsonb_build_object('ticket', 'CHG-' || n, 'approved_by', 'approver_' || n %% 5, 'application_name', 'flyway') END
            AS metadata, i.hk AS parent
    FROM item AS i
    UNION ALL
    SELECT sha256(i.hk), i.tenant_hk, i.at + interval '1 millisecond', 'DDL_AUTO', 'ALTER TABLE', 'deploy_' || n %% 7,
        '{"command_tag": "ALTER TABLE", "application_name": "flyway"}', i.hk
    FROM item AS i WHERE i.kind IN (4, 5, 6)
), hub AS (
    INSERT INTO script_tracking.script_execution_h
    SELECT e.hk, encode(e.hk, 'hex'), e.tenant_hk, e.at + interval '5 seconds', 'bench@local' FROM execution AS e
), link AS (
    INSERT INTO script_tracking.script_execution_parent_l
    SELECT sha256(e.hk || '\x00'), e.parent, e.hk, 'tracked', e.tenant_hk, e.at, 'bench@local' FROM execution AS e WHERE e.parent <> e.hk
)
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type,
    execution_status, execution_timestamp, execution_duration_ms, db_session_user, affected_objects, sql_command, metadata, record_source)
SELECT e.hk, e.at + interval '5 seconds', e.hk, e.tenant_hk, e.name, e.script_type, 'COMPLETED', e.at, 100, e.login, ARRAY['app.item'],
    'ALTER TABLE app.item ADD note text', e.metadata, 'bench@local'
FROM execution AS e
