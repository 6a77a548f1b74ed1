"""Who read other people's records is noted, granted or refused."""

from __future__ import annotations

from typing import Any

import pytest

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.reports import REPORTS, run
from dbtrack.schema import settings
from tests.support.command_line import done, rows, run_dbtrack
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Tenancy

_NOTED = """
SELECT db_session_user, report_name, coalesce(accessed_tenant, encode(accessed_tenant_hk, 'hex'), 'all'), is_granted
FROM script_tracking.access_log ORDER BY access_id
"""


@pytest.fixture
def boss(tenancy: Tenancy, role: RoleFactory) -> str:
    """An administrator's login."""
    return role("boss", member_of=("dbtrack_admin",))


def read(tenancy: Tenancy, login: str, report: str, **arguments: object) -> None:
    with tenancy.connect(login) as connection:
        list(run(Database.wrap(connection), REPORTS[report], arguments))


def noted(tenancy: Tenancy) -> list[tuple[Any, ...]]:
    return tenancy.superuser.execute(_NOTED).fetchall()


def test_an_administrator_who_reads_is_noted_with_what_it_read(tenancy: Tenancy, boss: str) -> None:
    read(tenancy, boss, "history", tenant="acme")
    read(tenancy, boss, "dashboard")
    read(tenancy, boss, "dashboard_by_tenant")
    assert noted(tenancy) == [
        (boss, "history", "acme", True),
        (boss, "dashboard", "all", True),
        (boss, "dashboard", "all", True),
    ]


def test_a_superuser_is_noted_too(tenancy: Tenancy) -> None:
    read(tenancy, "postgres", "errors", tenant="globex")
    assert noted(tenancy) == [("postgres", "errors", "globex", True)]


def test_who_reads_its_own_is_not_noted(tenancy: Tenancy) -> None:
    login = tenancy.logins["acme"]
    for report in ("history", "errors", "dashboard", "performance", "health"):
        read(tenancy, login, report)
        read(tenancy, login, report, tenant="acme")
    assert noted(tenancy) == []


def test_a_refused_tenant_is_noted(tenancy: Tenancy) -> None:
    login = tenancy.logins["acme"]
    for tenant in ("globex", "nobody"):
        with pytest.raises(UsageError, match="there is no tenant"):
            read(tenancy, login, "history", tenant=tenant)
    assert noted(tenancy) == [(login, "history", "globex", False), (login, "history", "nobody", False)]


def test_being_noted_tells_a_tenant_nothing_of_others(tenancy: Tenancy) -> None:
    foreign = tenancy.superuser.execute(
        "SELECT left(encode(script_execution_hk, 'hex'), 12) FROM script_tracking.current_execution"
        " WHERE script_name = 'secret of globex'"
    ).fetchone()
    assert foreign
    note = "SELECT script_tracking.record_access('show', %s, %s)"
    asked = [("globex", None), ("nobody", None), (None, foreign[0]), (None, "0123456789ab")]
    with tenancy.acme() as acme:
        assert [acme.execute(note, words).fetchone() for words in asked] == [(True,)] * 4
        assert acme.execute("SELECT count(*) FROM script_tracking.access_log").fetchone() == (0,)
    assert len(noted(tenancy)) == 4


def test_a_single_execution_of_somebody_elses_is_noted(tenancy: Tenancy, boss: str) -> None:
    row = tenancy.superuser.execute(
        "SELECT encode(script_execution_hk, 'hex'), encode(tenant_hk, 'hex')"
        " FROM script_tracking.current_execution WHERE script_name = 'secret of globex'"
    ).fetchone()
    assert row
    key, tenant = row
    login = tenancy.logins["acme"]
    with pytest.raises(DbtrackError, match="you may not see it"):
        read(tenancy, login, "show_execution", key=key)
    read(tenancy, boss, "show_execution", key=key[:12])
    read(tenancy, tenancy.logins["globex"], "show_execution", key=key)
    assert noted(tenancy) == [(login, "show", tenant, False), (boss, "show", tenant, True)]


def test_without_tenants_there_are_no_other_people(installed: Database) -> None:
    list(run(installed, REPORTS["dashboard"], {}))
    assert installed.value("SELECT count(*) FROM script_tracking.access_log") == 0


def test_the_setting_decides(tenancy: Tenancy, boss: str) -> None:
    database = Database.wrap(tenancy.superuser)
    settings.set_setting(database, "access.recording", "off")
    read(tenancy, boss, "dashboard")
    settings.set_setting(database, "access.recording", "on")
    read(tenancy, tenancy.logins["acme"], "dashboard")
    assert noted(tenancy) == [(tenancy.logins["acme"], "dashboard", "all", True)]


def test_nothing_is_noted_where_nothing_can_be_written(tenancy: Tenancy, boss: str) -> None:
    with tenancy.connect(boss) as connection:
        connection.execute("SET default_transaction_read_only = on")
        list(run(Database.wrap(connection), REPORTS["dashboard"], {}))
    assert noted(tenancy) == []


def test_the_report_shows_administrators_all_and_others_their_own(tenancy: Tenancy, boss: str) -> None:
    login = tenancy.logins["acme"]
    environment = {"DBTRACK_DSN": tenancy.conninfo}
    refused = run_dbtrack("history", "--tenant", "globex", "-U", login, environment=environment)
    assert (refused.returncode, refused.stdout) == (2, "")
    done(run_dbtrack("history", "--tenant", "acme", "-U", boss, environment=environment))
    # Not what it was refused: that would tell it whose records there are.
    assert rows(run_dbtrack("access", "--format", "jsonl", "-U", login, environment=environment)) == []
    of_all = rows(run_dbtrack("access", "--format", "jsonl", "-U", boss, environment=environment))
    # Reading the book is reading other people's records, too.
    assert [(row["db_session_user"], row["report_name"], row["outcome"]) for row in of_all] == [
        (boss, "access", "GRANTED"),
        (boss, "history", "GRANTED"),
        (login, "history", "REFUSED"),
    ]


def test_show_is_one_access(tenancy: Tenancy, boss: str) -> None:
    environment = {"DBTRACK_DSN": tenancy.conninfo}
    done(run_dbtrack("tenant", "show", "acme", "-U", boss, environment=environment))
    assert noted(tenancy) == [(boss, "tenant show", "acme", True)]


def test_cleanup_removes_what_is_too_old(tenancy: Tenancy, boss: str) -> None:
    read(tenancy, boss, "dashboard")
    read(tenancy, boss, "history")
    tenancy.run(
        "UPDATE script_tracking.access_log SET accessed_at = now() - interval '40 days' WHERE report_name = 'dashboard'"
    )
    done(run_dbtrack("cleanup", "--days", "30", environment={"DBTRACK_DSN": tenancy.conninfo}))
    assert [row[1] for row in noted(tenancy)] == ["history"]


_FUNCTIONS = {
    "get_enterprise_dashboard": "dashboard",
    "get_execution_history": "history",
    "get_performance_metrics": "performance",
    "get_system_health": "health",
    "get_recent_errors": "errors",
    "get_error_causes": "errors",
    "get_running_executions": "running",
}


def tenant_key(tenancy: Tenancy, tenant: str) -> bytes:
    row = tenancy.superuser.execute(
        "SELECT tenant_hk FROM script_tracking.tenant_h WHERE tenant_bk = %s", (tenant,)
    ).fetchone()
    assert row
    return bytes(row[0])


@pytest.mark.every_server
@pytest.mark.parametrize("function", _FUNCTIONS)
def test_a_function_notes_whose_records_it_shows(tenancy: Tenancy, boss: str, function: str) -> None:
    acme, globex = tenant_key(tenancy, "acme"), tenant_key(tenancy, "globex")
    statement = f"SELECT count(*) FROM script_tracking.{function}(tenant_hk => %s)".encode()
    with tenancy.connect(boss) as connection:
        connection.execute(f"SELECT count(*) FROM script_tracking.{function}()".encode())
        connection.execute(statement, (acme,))
        connection.execute(statement, (acme,))
    with tenancy.acme() as connection:
        connection.execute(f"SELECT count(*) FROM script_tracking.{function}()".encode())
        connection.execute(statement, (acme,))
        connection.execute(statement, (globex,))
        connection.execute(statement, (b"nobody at all 32 bytes long .....",))
    report, login = _FUNCTIONS[function], tenancy.logins["acme"]
    assert noted(tenancy) == [
        (boss, report, "all", True),
        (boss, report, acme.hex(), True),
        (login, report, globex.hex(), False),
        (login, report, b"nobody at all 32 bytes long .....".hex(), False),
    ]


def test_the_versions_of_a_foreign_execution_are_noted(tenancy: Tenancy, boss: str) -> None:
    row = tenancy.superuser.execute(
        "SELECT script_execution_hk, encode(tenant_hk, 'hex') FROM script_tracking.current_execution"
        " WHERE script_name = 'secret of globex'"
    ).fetchone()
    assert row
    versions = "SELECT count(*) FROM script_tracking.get_execution_versions(%s)"
    for login, found in ((boss, 1), (tenancy.logins["acme"], 0), (tenancy.logins["globex"], 1)):
        with tenancy.connect(login) as connection:
            assert connection.execute(versions, (row[0],)).fetchone() == (found,)
    assert noted(tenancy) == [(boss, "show", row[1], True), (tenancy.logins["acme"], "show", row[1], False)]


@pytest.mark.parametrize("name", ["dashboard", "performance", "errors", "health"])
def test_a_report_that_calls_functions_is_one_access(tenancy: Tenancy, boss: str, name: str) -> None:
    read(tenancy, boss, name)
    assert noted(tenancy) == [(boss, name, "all", True)]


def test_functions_answer_where_nothing_can_be_written(tenancy: Tenancy, boss: str) -> None:
    with tenancy.connect(boss) as connection:
        connection.execute("SET default_transaction_read_only = on")
        for function in _FUNCTIONS:
            connection.execute(f"SELECT count(*) FROM script_tracking.{function}()".encode())
    assert noted(tenancy) == []


def test_two_readers_at_once_are_not_in_each_others_way(tenancy: Tenancy, boss: str) -> None:
    with tenancy.connect(boss) as one, tenancy.connect(boss) as other:
        for connection in (one, other):
            connection.execute("BEGIN ISOLATION LEVEL SERIALIZABLE")
            connection.execute("SELECT count(*) FROM script_tracking.get_enterprise_dashboard()")
        one.execute("COMMIT")
        other.execute("COMMIT")
    assert {row[:2] for row in noted(tenancy)} == {(boss, "dashboard")}
