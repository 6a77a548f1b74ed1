"""Who read other people's records is noted, granted or refused."""

from __future__ import annotations

from typing import Any

import pytest

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.reports import REPORTS, run
from dbtrack.schema import settings
from tests.command_line import done, rows, run_dbtrack
from tests.database.tenancy import Tenancy
from tests.servers.sandbox import RoleFactory

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


def test_a_single_execution_of_somebody_elses_is_noted(tenancy: Tenancy, boss: str) -> None:
    row = tenancy.superuser.execute(
        "SELECT encode(script_execution_hk, 'hex'), encode(tenant_hk, 'hex')"
        " FROM script_tracking.current_execution WHERE script_name = 'secret of globex'"
    ).fetchone()
    assert row
    key, tenant = row
    login = tenancy.logins["acme"]
    with pytest.raises(DbtrackError, match="not yours to see"):
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
    own = rows(run_dbtrack("access", "--format", "jsonl", "-U", login, environment=environment))
    assert [(row["db_session_user"], row["tenant"], row["outcome"]) for row in own] == [
        (login, "globex", "REFUSED")
    ]
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
