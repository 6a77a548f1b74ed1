"""What fires no event trigger: shared objects, and commands that PostgreSQL leaves out."""

from __future__ import annotations

from tests.database.capture.coverage.case import Case

_ROLE = "CREATE ROLE covered"
_DROP_ROLE = "DROP ROLE covered"
_SPARE = "CREATE DATABASE spare"
_PLACE = "SET allow_in_place_tablespaces = on; CREATE TABLESPACE place LOCATION ''"
_T = "CREATE TABLE t (id int PRIMARY KEY);"
_EVENT = (
    "CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
    "CREATE EVENT TRIGGER watching ON ddl_command_start WHEN TAG IN ('CREATE CAST') EXECUTE FUNCTION watch()"
)
_SETTING = "SELECT pg_reload_conf(), setting = '{value}' FROM pg_settings WHERE name = 'deadlock_timeout'"
_RESET = "ALTER SYSTEM RESET deadlock_timeout"

_SHARED = (
    Case("`CREATE ROLE`", "CREATE ROLE covered"),
    Case("`ALTER ROLE`", "ALTER ROLE covered CREATEDB", _ROLE),
    Case("`ALTER ROLE … PASSWORD`", "ALTER ROLE covered PASSWORD 'hidden'", _ROLE),
    Case("`ALTER ROLE … SET`", "ALTER ROLE covered SET work_mem = '9MB'", _ROLE),
    Case("`DROP ROLE`", "DROP ROLE covered", _ROLE),
    Case("`GRANT` of a role", "GRANT pg_monitor TO covered", _ROLE),
    Case("`REVOKE` of a role", "REVOKE pg_monitor FROM covered", _ROLE + "; GRANT pg_monitor TO covered"),
    Case("`CREATE DATABASE`", "CREATE DATABASE spare", "", "DROP DATABASE spare", alone=True),
    Case("`ALTER DATABASE`", "ALTER DATABASE spare CONNECTION LIMIT 7", _SPARE, "DROP DATABASE spare", alone=True),
    Case("`ALTER DATABASE … SET`", "ALTER DATABASE postgres SET work_mem = '9MB'"),
    Case("`DROP DATABASE`", "DROP DATABASE spare", _SPARE, alone=True),
    Case("`CREATE TABLESPACE`", "CREATE TABLESPACE place LOCATION ''", "SET allow_in_place_tablespaces = on", "DROP TABLESPACE place", alone=True),
    Case("`ALTER TABLESPACE`", "ALTER TABLESPACE place SET (seq_page_cost = 3)", _PLACE, "DROP TABLESPACE place", alone=True),
    Case("`DROP TABLESPACE`", "DROP TABLESPACE place", _PLACE, alone=True),
    Case("`GRANT` on a database", "GRANT CREATE ON DATABASE postgres TO PUBLIC"),
    Case("`REVOKE` on a database", "REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC"),
    Case("`GRANT` on a tablespace", "GRANT CREATE ON TABLESPACE pg_default TO PUBLIC"),
    Case("`GRANT` on a parameter", "GRANT SET ON PARAMETER log_duration TO PUBLIC"),
    Case("`COMMENT` on a role", "COMMENT ON ROLE covered IS 'x'", _ROLE),
    Case("`COMMENT` on a database", "COMMENT ON DATABASE postgres IS 'x'"),
    Case("`COMMENT` on a tablespace", "COMMENT ON TABLESPACE pg_default IS 'x'"),
    Case("`ALTER SYSTEM`", "ALTER SYSTEM SET deadlock_timeout = '7s'", "", _RESET + "; SELECT pg_reload_conf()", alone=True, ready=_SETTING.format(value=7000), note="once it is in force"),
)  # fmt: skip

_LEFT_OUT = (
    Case("`CREATE EVENT TRIGGER`", _EVENT.partition(";")[2], _EVENT.partition(";")[0]),
    Case("`ALTER EVENT TRIGGER`", "ALTER EVENT TRIGGER watching DISABLE", _EVENT),
    Case("`DROP EVENT TRIGGER`", "DROP EVENT TRIGGER watching", _EVENT),
    Case("`COMMENT` on an event trigger", "COMMENT ON EVENT TRIGGER watching IS 'x'", _EVENT),
    Case("`REASSIGN OWNED`", "REASSIGN OWNED BY covered TO CURRENT_USER", _T + _ROLE + "; ALTER TABLE t OWNER TO covered"),
    Case("`TRUNCATE`", "TRUNCATE t", _T + "INSERT INTO t VALUES (1)"),
    Case("`CLUSTER`", "CLUSTER t USING t_pkey", _T + "ALTER TABLE t CLUSTER ON t_pkey"),
    Case("`VACUUM FULL`", "VACUUM FULL t", _T, "DROP TABLE t", alone=True),
    Case("`EXPLAIN ANALYZE CREATE TABLE AS`", "EXPLAIN (ANALYZE) CREATE TABLE made AS SELECT 1 AS a"),
)  # fmt: skip

UNFIRED = (*_SHARED, *_LEFT_OUT)
