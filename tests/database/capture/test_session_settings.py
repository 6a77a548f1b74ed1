"""What a database, a login or the server has set changes nothing about what dbtrack's commands do."""

from __future__ import annotations

import psycopg
import pytest

from dbtrack import retention, schema
from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.db import Database
from dbtrack.reports import REPORTS, run
from dbtrack.schema import reconcile
from tests.support.sealed import verified
from tests.support.servers.sandbox import RoleFactory

# Those that change what SQL means, or who may read, are tried on the oldest server too.
_TOLD_ON_ALL = [
    "standard_conforming_strings = off",
    "search_path = hostile, pg_catalog",
    "row_security = off",
    "default_transaction_isolation = serializable",
    "\"DateStyle\" = 'German, DMY'",
    "plpgsql.extra_errors = 'all'",
]
_SETTINGS = [
    *_TOLD_ON_ALL,
    *(
        pytest.param(setting, marks=pytest.mark.newest)
        for setting in (
            "default_transaction_read_only = on",
            "statement_timeout = '2ms'",
            "idle_in_transaction_session_timeout = '20ms'",
            "quote_all_identifiers = on",
            "search_path = ''",
            "transform_null_equals = on",
            "array_nulls = off",
            "bytea_output = escape",
            "extra_float_digits = -15",
            "client_encoding = LATIN1",
            '"IntervalStyle" = sql_standard',
            "\"TimeZone\" = 'Asia/Kathmandu'",
            "check_function_bodies = on",
            "default_toast_compression = pglz",
            "client_min_messages = debug1",
        )
    ),
]
# What a session with this path would call, were a name of ours not qualified.
_HOSTILE = """
CREATE SCHEMA hostile;
CREATE FUNCTION hostile.equals(text, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''trapped''; END';
CREATE OPERATOR hostile.= (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.equals);
"""


def _connected(conninfo: str, user: str | None = None) -> Database:
    environ = {"PGUSER": user} if user else {}
    return Database.connect(resolve_target(ConnectionOptions(dbname=conninfo, user=user), environ))


@pytest.mark.parametrize("setting", _SETTINGS)
def test_every_command_works_whatever_the_database_has_set(installed_conninfo: str, setting: str) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(_HOSTILE.encode())
        connection.execute("CREATE TABLE recorded (id int)")
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET {setting}".encode())
    with _connected(installed_conninfo) as database:
        assert retention.maintain(database).failures == []
        assert {outcome for _, outcome, _ in retention.maintain(database).tasks} == {"done"}
        reconcile(database)
        for name in ("dashboard", "history", "health", "errors", "performance"):
            list(run(database, REPORTS[name], {}))
        schema.install(database)
        assert schema.diagnose(database) == []
        assert retention.cleanup(database, days=365).executions == 0
        assert list(database.notices) == []
    assert verified(installed_conninfo).findings == []
    with _connected(installed_conninfo) as database:
        schema.uninstall(database, keep_data=False)


def test_a_reader_whose_login_has_row_security_off_reads_its_records(
    installed_conninfo: str, role: RoleFactory
) -> None:
    reader = role("reader", member_of=["dbtrack_reader"])
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(f"ALTER ROLE {reader} SET row_security = off".encode())
    with _connected(installed_conninfo, reader) as database:
        assert list(run(database, REPORTS["history"], {})) == []


def test_what_the_user_asks_for_stays(installed_conninfo: str) -> None:
    conninfo = f"{installed_conninfo} options='-c statement_timeout=7s -c search_path=public,pg_catalog'"
    with _connected(conninfo) as database:
        assert database.value("SHOW statement_timeout") == "7s"
        assert database.value("SHOW search_path") == "pg_catalog, pg_temp"


def test_maintain_may_be_called_from_a_session_that_reads_strings_in_the_old_way(
    installed_conninfo: str,
) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE recorded (id int)")
        connection.execute("SET standard_conforming_strings = off; SET escape_string_warning = off")
        done = connection.execute("SELECT outcome FROM script_tracking.maintain()").fetchall()
        assert {outcome for (outcome,) in done} == {"done"}
        connection.execute("SELECT script_tracking.cleanup_old_data(1)")
        connection.execute("SELECT FROM script_tracking.get_recent_errors()")
        connection.execute("SELECT FROM script_tracking.reconcile_catalog()")
